/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs by others accept what was exported: Sigstore's npm packages and openssl. Run by {@code
 * -Pinterop}; needs node, npm with a registry, and openssl. The packages are installed in {@code
 * target/interop} and pinned.
 */
@Tag("interop")
class ThirdPartyTest {
  private static final Path MODULES = Path.of("target", "interop").toAbsolutePath();
  private static final String PREFIX = "DSSEv1 28 application/vnd.in-toto+json ";

  private final Path folder;
  private final Path out;

  ThirdPartyTest(@TempDir Path folder) {
    this.folder = folder;
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void export() throws IOException {
    Logs.fill(folder.resolve("log"), 37);
    Logs.export(folder.resolve("log"), out, Logs.KEY);
  }

  @Test
  void sigstore_verifies_every_bundle_envelope_and_proof_and_refuses_all_tampering()
      throws Exception {
    assumeTrue(answers("node", "--version") && answers("npm", "--version"), "needs node and npm");
    Files.createDirectories(MODULES);
    if (!Files.isDirectory(MODULES.resolve("node_modules/@sigstore/verify"))) {
      List<String> install =
          List.of(
              "npm",
              "install",
              "--no-audit",
              "--no-fund",
              "--ignore-scripts",
              "--prefix",
              MODULES.toString(),
              "@sigstore/verify@3.1.1",
              "@sigstore/bundle@4.0.0",
              "sigstore@4.1.1");
      assertThat(run(install)).as("npm install").isNotNull();
    }
    Path script = folder.resolve("check.cjs");
    try (InputStream in = ThirdPartyTest.class.getResourceAsStream("check.cjs")) {
      Files.write(script, java.util.Objects.requireNonNull(in).readAllBytes());
    }

    String answer =
        run(List.of("node", script.toString(), out.toString(), MODULES + "/node_modules"));

    assertThat(answer.strip())
        .isEqualTo(
            "{\"bundles\":37,\"summaries\":37,\"proofs\":37,\"statements\":37,"
                + "\"tampered\":185,\"refused\":185}");
  }

  @Test
  void openssl_verifies_every_envelope() throws Exception {
    assumeTrue(answers("openssl", "version"), "needs openssl");
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".dsse.json")).toList()) {
        Envelope envelope = Envelope.read(Files.readString(file).strip()).orElseThrow();
        assertThat(openssl(envelope.preAuthentication(), envelope.signature())).isTrue();
        byte[] other = envelope.preAuthentication();
        other[PREFIX.length() + 20] ^= 1;
        assertThat(openssl(other, envelope.signature())).isFalse();
      }
    }
  }

  private boolean openssl(byte[] message, byte[] signature) throws Exception {
    Files.write(folder.resolve("pae"), message);
    Files.write(folder.resolve("sig"), signature);
    return exit(
            List.of(
                "openssl",
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                out.resolve("public-key.pem").toString(),
                "-rawin",
                "-in",
                folder.resolve("pae").toString(),
                "-sigfile",
                folder.resolve("sig").toString()))
        == 0;
  }

  /** The three commands of the README, as they stand there. */
  @Test
  void the_commands_of_the_readme_verify_a_verdict() throws Exception {
    assumeTrue(answers("openssl", "version"), "needs openssl");
    String readme = Files.readString(Path.of("README.md"));
    int from = readme.indexOf("```sh\n") + "```sh\n".length();
    String commands = readme.substring(from, readme.indexOf("```", from));
    assertThat(commands.lines()).hasSize(3);

    Process shell =
        new ProcessBuilder("sh", "-e", "-c", commands)
            .directory(out.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(shell.waitFor()).as(said).isZero();
    assertThat(said).contains("Signature Verified Successfully");
  }

  private static boolean answers(String... command) throws InterruptedException {
    try {
      return exit(List.of(command)) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static int exit(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
