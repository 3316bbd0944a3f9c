package dev.selvedge.edge;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate that vouches for itself, made by the JDK's keytool, and clients that trust it. */
public record TestCertificate(Path certificate, Path key, X509Certificate parsed) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /**
   * @param keyAlgorithm {@code EC} or {@code RSA}
   * @param names host names; an address is written {@code ip:127.0.0.1}
   */
  public static TestCertificate make(
      Path directory, String file, String keyAlgorithm, String... names) {
    try {
      Path store = directory.resolve(file + ".p12");
      Files.deleteIfExists(store);
      keytool(store, keyAlgorithm, names);
      KeyStore made = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        made.load(in, PASSWORD);
      }
      X509Certificate parsed = (X509Certificate) made.getCertificate("edge");
      Path certificate = directory.resolve(file + ".crt");
      Path key = directory.resolve(file + ".key");
      write(certificate, "CERTIFICATE", parsed.getEncoded());
      write(key, "PRIVATE KEY", made.getKey("edge", PASSWORD).getEncoded());
      return new TestCertificate(certificate, key, parsed);
    } catch (IOException | GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path store, String keyAlgorithm, String... names)
      throws IOException, InterruptedException {
    StringBuilder alternatives = new StringBuilder("san=");
    for (String name : names) {
      alternatives.append(alternatives.length() > 4 ? "," : "");
      alternatives.append(name.startsWith("ip:") ? name : "dns:" + name);
    }
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "edge",
                "-keyalg",
                keyAlgorithm,
                "-dname",
                "CN=" + names[0],
                "-ext",
                alternatives.toString(),
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(tool.getInputStream().readAllBytes());
    if (tool.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  private static void write(Path file, String kind, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Path written =
        Files.writeString(
            file.resolveSibling(file.getFileName() + ".new"),
            "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A client's context that believes this certificate and no other. */
  public SSLContext trusting() {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("edge", parsed);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A server's context that shows this certificate. */
  public SSLContext showing() {
    try {
      String pem = Files.readString(key).replaceAll("-----[A-Z ]+-----", "");
      PrivateKey own =
          KeyFactory.getInstance(parsed.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
      KeyStore shown = KeyStore.getInstance("PKCS12");
      shown.load(null, null);
      shown.setKeyEntry("edge", own, PASSWORD, new Certificate[] {parsed});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(shown, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A socket after its handshake. */
  public SSLSocket connect(int port, String host, String... protocols) throws IOException {
    return connect(trusting(), port, host, List.of("TLSv1.3", "TLSv1.2"), protocols);
  }

  static SSLSocket connect(
      SSLContext context, int port, String host, List<String> versions, String... protocols)
      throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    plain.setSoTimeout(60_000);
    plain.setTcpNoDelay(true);
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    parameters.setApplicationProtocols(protocols);
    parameters.setProtocols(versions.toArray(String[]::new));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
