package dev.selvedge.edge;

import dev.selvedge.config.ConfigException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.X509KeyManager;

/**
 * A certificate with its private key.
 *
 * @param names the hosts that it is for: DNS names in lower case, which may begin with {@code *.},
 *     and IP addresses
 */
record Certificate(PrivateKey key, List<X509Certificate> chain, List<String> names) {
  private static final String[] KEY_TYPES = {"EC", "RSA", "RSASSA-PSS", "EdDSA", "Ed25519"};
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  Certificate {
    chain = List.copyOf(chain);
    names = List.copyOf(names);
  }

  /**
   * Reads both files.
   *
   * @throws ConfigException if they are not a certificate chain and its key, in PEM
   */
  static Certificate read(Vertx vertx, Path certificateFile, Path keyFile) {
    X509KeyManager parsed = parse(vertx, certificateFile, keyFile);
    String alias =
        Stream.of(KEY_TYPES)
            .map(type -> parsed.getServerAliases(type, null))
            .filter(aliases -> aliases != null && aliases.length > 0)
            .map(aliases -> aliases[0])
            .findFirst()
            .orElseThrow(
                () -> new ConfigException("edge.tls.key", keyFile, "a key of EC, RSA or EdDSA"));
    PrivateKey key = parsed.getPrivateKey(alias);
    List<X509Certificate> chain = List.of(parsed.getCertificateChain(alias));
    if (!belong(key, chain.get(0).getPublicKey())) {
      throw new ConfigException("edge.tls.key", keyFile, "the key of " + certificateFile);
    }
    return new Certificate(key, chain, names(chain.get(0)));
  }

  private static X509KeyManager parse(Vertx vertx, Path certificateFile, Path keyFile) {
    try {
      return (X509KeyManager)
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(Files.readAllBytes(certificateFile)))
              .addKeyValue(Buffer.buffer(Files.readAllBytes(keyFile)))
              .getKeyManagerFactory(vertx)
              .getKeyManagers()[0];
    } catch (IOException e) {
      throw unreadable(certificateFile + " and " + keyFile, e);
    } catch (Exception e) { // PemKeyCertOptions declares nothing narrower
      throw unreadable(certificateFile + " and " + keyFile, e);
    }
  }

  private static ConfigException unreadable(String files, Exception cause) {
    ConfigException error =
        new ConfigException(
            "edge.tls.certificate",
            files,
            "a certificate and its key in PEM; " + cause.getMessage());
    error.initCause(cause);
    return error;
  }

  /** Whether what one signs the other verifies. */
  private static boolean belong(PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      byte[] sample = {1, 2, 3};
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(sample);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(sample);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The subject's alternative names; without any, its common name. */
  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        int kind = (Integer) alternative.get(0);
        if (kind == DNS_NAME || kind == IP_ADDRESS) {
          names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateParsingException e) {
      throw unreadable("its alternative names", e);
    }
    return names.isEmpty() ? commonName(certificate) : names;
  }

  private static List<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(part -> String.valueOf(part.getValue()).toLowerCase(Locale.ROOT))
              .toList();
    } catch (InvalidNameException e) {
      return List.of();
    }
  }

  boolean isFor(String host) {
    return names.stream().anyMatch(name -> ConnectionSecurity.matches(name, host));
  }
}
