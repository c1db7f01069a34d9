/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Links a commit to its verdict in a Git repository: a trailer {@code CAWS-VERDICT-ID} in the
 * message, and a note under {@code refs/notes/caws} with the digest of the envelope that proves the
 * verdict.
 *
 * <p>Uses the git command, without a shell; a call takes about 10 ms and at most a minute. A note
 * never replaces another note. Thread-safe as git is.
 */
public final class GitTrail {
  /** The trailer's name; its value is the digest of the verdict's document, as its seal has it. */
  public static final String TRAILER = "CAWS-VERDICT-ID";

  /** The line of a note that names the envelope. */
  public static final String ENVELOPE = "CAWS-ENVELOPE-DIGEST";

  private static final String REF = "--ref=refs/notes/caws";
  private static final int LONGEST_MESSAGE = 1 << 20;
  private static final Pattern TRAILER_LINE = Pattern.compile("[A-Za-z0-9-]+: "); // as in git

  private final GitCommand git;

  private GitTrail(GitCommand git) {
    this.git = git;
  }

  /**
   * Opens the trail of a repository.
   *
   * @param folder a work tree or a bare repository, or a folder in it
   * @return its trail
   * @throws IllegalArgumentException if it is no repository
   * @throws IOException if git cannot be run
   */
  public static GitTrail of(Path folder) throws IOException {
    GitCommand git = new GitCommand(folder);
    if (!folder.toFile().isDirectory() || git.ask("rev-parse", "--git-dir").exit() != 0) {
      throw new IllegalArgumentException(folder + " is no Git repository");
    }
    return new GitTrail(git);
  }

  /**
   * Adds the trailer to a commit message, after its other trailers.
   *
   * @param message at most 1 MiB
   * @param verdictId the digest of the verdict's document
   * @return the message with the trailer, once
   * @throws IllegalArgumentException if the message is too long or the id is no digest
   */
  public static String withTrailer(String message, String verdictId) {
    requireDigest("verdict id", verdictId);
    if (message.length() > LONGEST_MESSAGE) {
      throw new IllegalArgumentException(
          "a message has at most " + LONGEST_MESSAGE + " characters");
    }
    String trailer = TRAILER + ": " + verdictId;
    String body = message.stripTrailing();
    int blank = body.lastIndexOf("\n\n");
    List<String> last = blank < 0 ? List.of() : body.substring(blank + 2).lines().toList();
    boolean trailers = !last.isEmpty() && last.stream().allMatch(GitTrail::isTrailer);
    if (trailers && last.contains(trailer)) {
      return body + "\n";
    }
    return body + (trailers ? "\n" : "\n\n") + trailer + "\n";
  }

  private static boolean isTrailer(String line) {
    return TRAILER_LINE.matcher(line).lookingAt();
  }

  /**
   * Adds a note to a commit: its verdict, and the envelope that proves the verdict. Adding the same
   * note again changes nothing.
   *
   * @param commit a revision
   * @param verdictId the digest of the verdict's document
   * @param envelopeDigest of the exported envelope, as {@code Envelope.digest()} returns it
   * @throws IllegalArgumentException if there is no such commit, or a digest is none
   * @throws IllegalStateException if the commit has another note
   * @throws IOException if git cannot be run, or cannot write
   */
  public void note(String commit, String verdictId, String envelopeDigest) throws IOException {
    requireDigest("verdict id", verdictId);
    requireDigest("envelope digest", envelopeDigest);
    String hash = resolve(commit);
    String text = TRAILER + ": " + verdictId + "\n" + ENVELOPE + ": " + envelopeDigest;
    Optional<String> before = noted(hash);
    if (before.isEmpty()) {
      git.run(
          "-c",
          "user.name=arbiter",
          "-c",
          "user.email=arbiter@localhost",
          "notes",
          REF,
          "add",
          "-m",
          text,
          hash);
    } else if (!before.get().equals(text)) {
      throw new IllegalStateException(
          "commit " + hash + " has another note already; nothing was changed");
    }
  }

  /**
   * Reads the note of a commit.
   *
   * @param commit a revision
   * @return its lines, or empty when it has none
   * @throws IllegalArgumentException if there is no such commit
   * @throws IOException if git cannot be run
   */
  public Optional<String> noted(String commit) throws IOException {
    GitCommand.Answer answer = git.ask("notes", REF, "show", resolve(commit));
    return answer.exit() == 0 ? Optional.of(answer.text().stripTrailing()) : Optional.empty();
  }

  /**
   * Reads the verdicts in a commit's message.
   *
   * @param commit a revision
   * @return the values of its trailers, in their order
   * @throws IllegalArgumentException if there is no such commit
   * @throws IOException if git cannot be run
   */
  public List<String> verdictIds(String commit) throws IOException {
    String format = "--format=%(trailers:key=" + TRAILER + ",valueonly)";
    List<String> ids = new ArrayList<>();
    String trailers = git.run("log", "-1", "--no-show-signature", format, resolve(commit));
    for (String line : trailers.lines().toList()) {
      if (Digests.isNamed(line.strip())) {
        ids.add(line.strip());
      }
    }
    return ids;
  }

  private String resolve(String commit) throws IOException {
    if (commit.isEmpty() || commit.startsWith("-")) {
      throw new IllegalArgumentException("no revision: '" + Sanitizer.text(commit, 60) + "'");
    }
    GitCommand.Answer answer =
        git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{commit}");
    if (answer.exit() != 0) {
      throw new IllegalArgumentException("no such commit: '" + Sanitizer.text(commit, 60) + "'");
    }
    return answer.text().strip();
  }

  private static void requireDigest(String what, String digest) {
    if (!Digests.isNamed(digest)) {
      throw new IllegalArgumentException(
          what + " must be sha256: and 64 digits, got '" + Sanitizer.text(digest, 80) + "'");
    }
  }
}
