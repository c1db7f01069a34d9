/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * A waiver ledger kept in a folder, such as {@code .caws/waivers}: {@code ledger.jsonl} has every
 * step, one a line, each with the digest of the line before; {@code ID.json} is each waiver as
 * {@link Caws} reads it.
 *
 * <p>A step is forced to disk before it counts, and survives a crash; a line that a crash tore is
 * cut off, for it never counted. One process has a folder at a time. The steps are damaged when one
 * of them was changed, removed or put in, save that the last ones may be missing: keep the head
 * elsewhere to see that.
 */
public final class WaiverFolder implements AutoCloseable {
  private final Path folder;
  private final StepFile steps;
  private final WaiverLedger ledger;

  private WaiverFolder(Path folder, StepFile steps, WaiverLedger.Limits limits, InstantSource clock)
      throws IOException {
    this.folder = folder;
    this.steps = steps;
    this.ledger = new WaiverLedger(limits, clock, this::keep);
    steps.replay(ledger);
    for (WaiverEntry entry : ledger.entries()) {
      if (!isKept(entry)) {
        SmallFile.replace(file(entry), entry.document() + "\n");
      }
    }
  }

  /**
   * Opens the ledger in a folder, or starts one there. A waiver's file that does not say what the
   * steps say is written anew.
   *
   * @param folder made if it is not there
   * @param limits what further steps are held to
   * @param clock tells the time
   * @return the ledger, with all steps that were read back
   * @throws IOException if it cannot be read or written, or another process has it
   * @throws IllegalStateException if the steps are damaged
   */
  public static WaiverFolder open(Path folder, WaiverLedger.Limits limits, InstantSource clock)
      throws IOException {
    StepFile steps = StepFile.open(folder);
    boolean fit = false;
    try {
      WaiverFolder opened = new WaiverFolder(folder, steps, limits, clock);
      fit = true;
      return opened;
    } finally {
      if (!fit) {
        steps.close();
      }
    }
  }

  /**
   * Tells whether a folder has a ledger.
   *
   * @param folder need not be there
   * @return whether its steps are there
   */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(StepFile.NAME));
  }

  /**
   * Reads a ledger without changing anything.
   *
   * @param folder has a ledger
   * @return its waivers, in the order they were proposed
   * @throws IOException if it cannot be read
   * @throws IllegalStateException if the steps are damaged, or a waiver's file does not say what
   *     they say
   */
  public static List<WaiverEntry> read(Path folder) throws IOException {
    WaiverLedger ledger =
        WaiverLedger.create(WaiverLedger.Limits.defaults(), () -> java.time.Instant.EPOCH, s -> {});
    StepFile.read(folder, ledger);
    for (WaiverEntry entry : ledger.entries()) {
      Path file = folder.resolve(entry.proposal().id() + ".json");
      if (!Files.exists(file) || !Files.readString(file).equals(entry.document() + "\n")) {
        throw StepFile.damaged(file, "it does not say what the steps say");
      }
    }
    return ledger.entries();
  }

  /**
   * The ledger.
   *
   * @return every step on it is kept; not to be used after {@link #close}
   */
  public WaiverLedger ledger() {
    return ledger;
  }

  /**
   * The digest of the last step's line; who keeps it elsewhere sees whether steps are missing.
   *
   * @return {@code sha256:} and hexadecimal digits, empty before the first step
   */
  public String head() {
    return steps.head();
  }

  private void keep(WaiverLedger.Step step, WaiverEntry after) {
    try {
      if (step.action() == WaiverLedger.Action.PROPOSE) {
        refuseTaken(after.proposal().id());
      }
      steps.append(step, after.proposal());
      if (step.action() != WaiverLedger.Action.USE) {
        SmallFile.replace(file(after), after.document() + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the step cannot be kept in " + folder, e);
    }
  }

  /** Somebody's own file of the same name is not written over. */
  private void refuseTaken(String id) {
    for (String ending : List.of(".json", ".yaml", ".yml")) {
      Path file = folder.resolve(id + ending);
      if (Files.exists(file)) {
        throw new IllegalArgumentException(
            file + " is there already and no step of the ledger made it; take another id");
      }
    }
  }

  private boolean isKept(WaiverEntry entry) throws IOException {
    Path file = file(entry);
    return Files.exists(file) && Files.readString(file).equals(entry.document() + "\n");
  }

  private Path file(WaiverEntry entry) {
    return folder.resolve(entry.proposal().id() + ".json");
  }

  @Override
  public void close() {
    steps.close();
  }
}
