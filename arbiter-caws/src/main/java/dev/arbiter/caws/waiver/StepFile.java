/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** The file of a waiver ledger's steps, one a line, each forced. The ledger's lock guards it. */
final class StepFile {
  static final String NAME = "ledger.jsonl";

  /** The file is read whole: ten thousand waivers of a dozen steps come to 40 MB. */
  private static final long LONGEST = 256L << 20;

  private final Path file;
  private final FileChannel channel;
  private String head = "";
  private boolean failed;

  private StepFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static StepFile open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(NAME);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new StepFile(file, channel);
      }
    } catch (OverlappingFileLockException e) {
      // another ledger of this process has the lock: the same answer as for another process
    }
    channel.close();
    throw new IOException("another process has " + file + " open; try again");
  }

  /** Reads the steps, and cuts off an incomplete last line of a crash. */
  void replay(WaiverLedger ledger) throws IOException {
    Replay replay = replay(file, ledger);
    channel.truncate(replay.length);
    channel.position(replay.length);
    head = replay.head;
  }

  /** Reads the steps of a folder without changing it. */
  static void read(Path folder, WaiverLedger ledger) throws IOException {
    replay(folder.resolve(NAME), ledger);
  }

  /** The length of the complete lines, and the digest of the last one. */
  private record Replay(long length, String head) {}

  private static Replay replay(Path file, WaiverLedger ledger) throws IOException {
    if (Files.size(file) > LONGEST) {
      throw damaged(file, "it has more than " + LONGEST + " bytes");
    }
    byte[] all = Files.readAllBytes(file);
    int start = 0;
    long number = 0;
    String head = "";
    for (int end = 0; end < all.length; end++) {
      if (all[end] == '\n') {
        String line = new String(Arrays.copyOfRange(all, start, end), StandardCharsets.UTF_8);
        StepLine step = StepLine.read(line, number, head);
        if (step == null || !step.replay(ledger)) {
          throw damaged(file, "line " + (number + 1) + " is not the step that was written there");
        }
        head = Digests.named(line);
        start = end + 1;
        number++;
      }
    }
    return new Replay(start, head);
  }

  static IllegalStateException damaged(Path file, String how) {
    return new IllegalStateException(
        file + " is damaged: " + how + "; keep it as evidence and restore it from a copy");
  }

  String head() {
    return head;
  }

  void append(WaiverLedger.Step step, WaiverEntry.Proposal proposal) throws IOException {
    if (failed) {
      throw new IOException("an earlier write to " + file + " failed; open it again");
    }
    String line = StepLine.write(step, proposal, head);
    failed = true;
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
    failed = false;
    head = Digests.named(line);
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}
