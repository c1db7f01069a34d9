/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

/** As much SMTP as a mail needs. */
final class StubSmtp {
  private StubSmtp() {}

  /** Speaks in the clear; answers every recipient like that. */
  static StubServer.Talk answering(String toRecipient) {
    return (server, in, out) -> {
      StubServer.write(out, "220 stub\r\n");
      converse(server, in, out, toRecipient);
    };
  }

  /** Offers STARTTLS and goes on behind it. */
  static StubServer.Talk upgrading(SSLContext context) {
    return (server, in, out) -> {
      StubServer.write(out, "220 stub\r\n");
      server.requests.add(in.readLine());
      StubServer.write(out, "250-stub\r\n250 STARTTLS\r\n");
      server.requests.add(in.readLine());
      StubServer.write(out, "220 go on\r\n");
      try (Socket upgraded = server.upgrade(context)) {
        converse(
            server,
            new BufferedReader(
                new InputStreamReader(upgraded.getInputStream(), StandardCharsets.UTF_8)),
            upgraded.getOutputStream(),
            "250 OK");
      }
    };
  }

  private static void converse(
      StubServer server, BufferedReader in, OutputStream out, String toRecipient)
      throws IOException {
    String line = in.readLine();
    while (line != null && !line.startsWith("QUIT")) {
      server.requests.add(line);
      StubServer.write(out, answer(line, toRecipient));
      if (line.startsWith("DATA")) {
        takeMessage(server, in, out);
      }
      line = in.readLine();
    }
  }

  private static String answer(String line, String toRecipient) {
    if (line.startsWith("RCPT")) {
      return toRecipient + "\r\n";
    }
    if (line.startsWith("EHLO")) {
      return "250-stub\r\n250 AUTH PLAIN\r\n";
    }
    if (line.startsWith("AUTH")) {
      return "235 welcome\r\n";
    }
    return line.startsWith("DATA") ? "354 go on\r\n" : "250 stub\r\n";
  }

  private static void takeMessage(StubServer server, BufferedReader in, OutputStream out)
      throws IOException {
    String line = in.readLine();
    while (line != null && !line.equals(".")) {
      server.requests.add(line);
      line = in.readLine();
    }
    StubServer.write(out, "250 taken\r\n");
  }
}
