package dev.selvedge.edge;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Which of several certificates a client is shown: those for the name that it asks for (RFC 6066
 * §3), of them the first with a kind of key that it can use; for an unknown name and for none, the
 * first certificate. An alias is an index into the list.
 */
final class CertificateChoice extends X509ExtendedKeyManager {
  private final List<Certificate> certificates;

  /**
   * @param certificates at least one
   */
  CertificateChoice(List<Certificate> certificates) {
    this.certificates = List.copyOf(certificates);
  }

  /** Those that may be shown for what the session's client has asked for. */
  List<Certificate> of(SSLSession session) {
    String name = requestedName(session);
    List<Certificate> matching =
        certificates.stream().filter(one -> name != null && one.isFor(name)).toList();
    return matching.isEmpty() ? certificates.subList(0, 1) : matching;
  }

  private static @Nullable String requestedName(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName().toLowerCase(Locale.ROOT);
        }
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return of(engine.getHandshakeSession()).stream()
        .filter(one -> one.chain().get(0).getPublicKey().getAlgorithm().equals(keyType))
        .findFirst()
        .map(one -> Integer.toString(certificates.indexOf(one)))
        .orElse(null);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return certificates.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return certificates.get(Integer.parseInt(alias)).key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
