/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.internal.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes signing keys. The private key never leaves its file. */
@Command(
    name = "key",
    description = "Makes and rotates Ed25519 signing keys.",
    mixinStandardHelpOptions = true)
final class KeyCommand extends CliCommand implements Runnable {
  private static final int SHORT_ID = 12;

  @Override
  public void run() {
    throw misuse("give new or rotate");
  }

  @Command(
      name = "new",
      description = "Makes a key: FILE holds the private key, FILE.pub the public one.",
      mixinStandardHelpOptions = true)
  int make(@Parameters(paramLabel = "FILE", description = "Does not exist yet.") Path file)
      throws IOException {
    SigningKey key = SigningKey.generate();
    store(key, file);
    out().println("made " + key.id() + " in " + file);
    return Exit.ALLOWED;
  }

  @Command(
      name = "rotate",
      description = "Puts a new key into FILE; the old one is kept beside it, named by its id.",
      mixinStandardHelpOptions = true)
  int rotate(@Parameters(paramLabel = "FILE", description = "A private key.") Path file)
      throws IOException {
    if (!Files.exists(file)) {
      throw new Refusal(file + " does not exist; make a key with: arbiter key new " + file);
    }
    SigningKey old = load(file);
    SigningKey fresh = SigningKey.generate();
    Path pending = beside(file, ".new");
    Path kept = beside(file, "." + old.id().substring("sha256:".length()).substring(0, SHORT_ID));
    if (Files.exists(kept)) {
      throw new Refusal(kept + " exists already; move it away first");
    }
    store(fresh, pending);
    old.store(kept);
    DurableFile.replace(beside(kept, ".pub"), bytes(old.publicPem()));
    DurableFile.move(pending, file); // from here on, both keys are on the disk
    DurableFile.move(beside(pending, ".pub"), beside(file, ".pub"));
    String replaced = "rotated " + old.id() + " (kept in " + kept + ")";
    out().println(replaced + " to " + fresh.id() + " in " + file);
    return Exit.ALLOWED;
  }

  /** Loads a private key; the message of a wrong file names it. */
  static SigningKey load(Path file) throws IOException {
    try {
      return SigningKey.load(file);
    } catch (IllegalArgumentException e) {
      throw new Refusal(file + " holds no private key: " + e.getMessage());
    }
  }

  private static void store(SigningKey key, Path file) throws IOException {
    try {
      key.store(file);
      try {
        storePublic(key, beside(file, ".pub"));
      } catch (IOException e) {
        Files.delete(file); // or it would stand beside the public half of another key
        throw e;
      }
    } catch (FileAlreadyExistsException e) {
      throw new Refusal(e.getMessage() + " exists already; nothing was overwritten");
    }
  }

  private static void storePublic(SigningKey key, Path file) throws IOException {
    Files.createFile(file);
    try {
      DurableFile.replace(file, bytes(key.publicPem()));
    } catch (IOException e) {
      Files.delete(file);
      throw e;
    }
  }

  private static byte[] bytes(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }
}
