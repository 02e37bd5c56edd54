// SPDX-License-Identifier: Apache-2.0

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Java's own client at the gateway's doors: java Doors.java HTTP_PORT HTTPS_PORT. Prints a line for each call. */
public class Doors {
  static final String CALL = "/waymark.people.v1.TeamService/GetTeam";

  static HttpRequest.Builder call(String base) {
    return HttpRequest.newBuilder(URI.create(base + CALL))
        .timeout(Duration.ofSeconds(10))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"t7\"}"));
  }

  static void send(HttpClient client, String what, HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      System.out.println(what + " " + response.version() + " " + response.statusCode() + " " + response.body().trim());
    } catch (Exception failure) {
      System.out.println(what + " failed: " + failure);
    }
  }

  public static void main(String[] arguments) throws Exception {
    String plain = "http://127.0.0.1:" + arguments[0];
    // The default asks for an upgrade to h2c.
    HttpClient client = HttpClient.newHttpClient();
    for (int turn = 1; turn <= 3; turn++) {
      send(client, "default " + turn, call(plain).build());
      send(client, "page " + turn, HttpRequest.newBuilder(URI.create(plain + "/healthz")).timeout(Duration.ofSeconds(10)).build());
    }
    HttpClient old = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    send(old, "expect h1", call(plain).expectContinue(true).build());
    // A final answer instead of the 100 is for other clients: Java 17 waits for ever behind any server's.
    send(old, "after h1", call(plain).build());

    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new Anyone()}, null);
    String secure = "https://127.0.0.1:" + arguments[1];
    HttpClient tls = HttpClient.newBuilder().sslContext(trusting).build();
    send(tls, "tls", call(secure).build());
    send(tls, "expect h2", call(secure).expectContinue(true).build());
    send(tls, "after h2", call(secure).build());
    HttpClient oldTLS = HttpClient.newBuilder().sslContext(trusting).version(HttpClient.Version.HTTP_1_1).build();
    send(oldTLS, "expect tls h1", call(secure).expectContinue(true).build());
    System.exit(0);
  }

  /** The test's certificate vouches for itself. */
  static class Anyone extends X509ExtendedTrustManager {
    public void checkClientTrusted(X509Certificate[] c, String a) {}
    public void checkServerTrusted(X509Certificate[] c, String a) {}
    public void checkClientTrusted(X509Certificate[] c, String a, java.net.Socket s) {}
    public void checkServerTrusted(X509Certificate[] c, String a, java.net.Socket s) {}
    public void checkClientTrusted(X509Certificate[] c, String a, javax.net.ssl.SSLEngine e) {}
    public void checkServerTrusted(X509Certificate[] c, String a, javax.net.ssl.SSLEngine e) {}
    public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
  }
}
