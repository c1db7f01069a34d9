/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.project.WaiverReader;
import dev.arbiter.caws.internal.text.FileText;
import dev.arbiter.caws.internal.text.SmallFile;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A waiver ledger in a folder, such as {@code .caws/waivers}. {@code ledger.jsonl} has every step,
 * one a line, each with the digest of the line before. {@code ID.json} is each waiver as {@link
 * dev.arbiter.caws.Caws} reads it.
 *
 * <p>A step is forced to disk before it counts, and survives a crash. A line that a crash tore is
 * cut off: it never counted. One process at a time has a folder, so {@code max_uses} is one count
 * for all processes that open it in turn.
 *
 * <p>Reading takes every step again, by the rules and limits of its time: a step that the ledger
 * would have refused is damage. Without a key, whoever can write the folder can add steps that keep
 * the rules, in the name of anybody. With a key each step is signed, and only the holder of the key
 * adds one. Only a loss of the last steps goes unseen; to see it, keep the head elsewhere.
 */
public final class WaiverFolder implements AutoCloseable {
  private final Path folder;
  private final StepFile steps;
  private final WaiverLedger.Limits limits;
  private final WaiverLedger ledger;

  /**
   * A waiver in a file, for lists and checks. {@code Caws} reads the files itself.
   *
   * @param file the file's name
   * @param id as the file has it
   * @param status such as {@code active} or {@code revoked}; empty when the file has none
   * @param gates the gates it lifts, in their normal form
   * @param specId the spec it is bound to; empty when it names none, and so counts for none
   * @param expires its end; empty when the file has none that can be read
   * @param approvers the approvers, each once
   * @param state {@code counts}, or in one word why it never does or does not now
   * @param findings errors of its fields, with pointer and line
   */
  public record WaiverFile(
      String file,
      String id,
      String status,
      List<String> gates,
      String specId,
      Optional<Instant> expires,
      List<String> approvers,
      String state,
      List<Finding> findings) {
    /** Copies the lists. */
    public WaiverFile {
      gates = List.copyOf(gates);
      approvers = List.copyOf(approvers);
      findings = List.copyOf(findings);
    }

    private static WaiverFile of(String name, WaiverReader.Examined one, Instant now) {
      Waiver waiver = one.waiver();
      Set<String> approvers = new LinkedHashSet<>();
      waiver.approvers().forEach(approver -> approvers.add(approver.handle()));
      return new WaiverFile(
          name,
          waiver.id(),
          waiver.status(),
          waiver.gates(),
          waiver.specId(),
          Optional.ofNullable(waiver.expires()),
          List.copyOf(approvers),
          state(waiver, now),
          one.findings());
    }

    private static String state(Waiver waiver, Instant now) {
      if (!waiver.isActive()) {
        return "status_not_active";
      }
      if (!waiver.problem().isEmpty()) {
        return waiver.problem();
      }
      if (waiver.specId().isEmpty()) {
        return "not_bound_to_spec";
      }
      Instant expires = waiver.expires();
      return expires != null && !Waiver.isOver(expires, now) ? "counts" : "expired";
    }
  }

  /**
   * The waivers of a folder.
   *
   * @param waivers read, by file name
   * @param unreadable files that are no waiver; while there is one, no task runs
   */
  public record Contents(List<WaiverFile> waivers, List<Finding> unreadable) {
    /** Copies the lists. */
    public Contents {
      waivers = List.copyOf(waivers);
      unreadable = List.copyOf(unreadable);
    }
  }

  private WaiverFolder(Path folder, StepFile steps, WaiverLedger.Limits limits, InstantSource clock)
      throws IOException {
    this.folder = folder;
    this.steps = steps;
    this.limits = limits;
    this.ledger = new WaiverLedger(limits, clock, this::keep);
    steps.replay(ledger);
    for (WaiverEntry entry : ledger.entries()) {
      if (!isKept(entry)) {
        SmallFile.replace(file(entry), entry.document() + "\n");
      }
    }
  }

  /**
   * Opens the ledger in a folder, or starts one there. A waiver's file that differs from the steps
   * is written anew.
   *
   * @param folder made if it is not there
   * @param limits for further steps
   * @param clock tells the time
   * @return the ledger, with all steps that were read back
   * @throws IOException if it cannot be read or written, or another process has it
   * @throws IllegalStateException if the steps are damaged
   */
  public static WaiverFolder open(Path folder, WaiverLedger.Limits limits, InstantSource clock)
      throws IOException {
    return open(folder, limits, clock, null);
  }

  /**
   * Opens a ledger whose steps are signed, or starts one there.
   *
   * @param folder made if it is not there
   * @param limits for further steps
   * @param clock tells the time
   * @param key signs every step; the same for the whole life of the ledger
   * @return the ledger, with all steps that were read back
   * @throws IOException if it cannot be read or written, or another process has it
   * @throws IllegalStateException if the steps are damaged, or the key did not sign one of them
   */
  public static WaiverFolder open(
      Path folder, WaiverLedger.Limits limits, InstantSource clock, @Nullable Signer key)
      throws IOException {
    StepFile steps = StepFile.open(folder, key);
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
   * @throws IllegalStateException if the steps are damaged, or a waiver's file differs from them
   */
  public static List<WaiverEntry> read(Path folder) throws IOException {
    return read(folder, null);
  }

  /**
   * Reads a ledger whose steps are signed, without changing anything.
   *
   * @param folder has a ledger
   * @param key the key that signed its steps, from a trusted source; null when they are not signed
   * @return its waivers, in the order they were proposed
   * @throws IOException if it cannot be read
   * @throws IllegalStateException if the steps are damaged, or the key did not sign one of them, or
   *     a waiver's file differs from them
   */
  public static List<WaiverEntry> read(Path folder, @Nullable PublicKey key) throws IOException {
    WaiverLedger ledger =
        WaiverLedger.create(WaiverLedger.Limits.defaults(), () -> java.time.Instant.EPOCH, s -> {});
    StepFile.read(folder, ledger, key);
    for (WaiverEntry entry : ledger.entries()) {
      Path file = folder.resolve(entry.proposal().id() + ".json");
      if (!Files.exists(file) || !Files.readString(file).equals(entry.document() + "\n")) {
        throw StepFile.damaged(file, "it does not say what the steps say");
      }
    }
    return ledger.entries();
  }

  /**
   * Reads the waivers of a folder, with or without a ledger.
   *
   * @param folder of YAML and JSON files, or one such file
   * @param now the moment that decides whether a waiver has expired
   * @return its waivers
   */
  public static Contents contents(Path folder, Instant now) {
    List<WaiverFile> waivers = new ArrayList<>();
    List<Finding> unreadable = new ArrayList<>();
    for (Path file : FileText.list(folder, unreadable)) {
      String name = String.valueOf(file.getFileName());
      try {
        String text = new FileText(file, () -> now).current();
        WaiverReader.read(text).forEach(read -> waivers.add(WaiverFile.of(name, read, now)));
      } catch (Unreadable e) {
        unreadable.add(e.finding("waiver.schema.", file));
      }
    }
    return new Contents(waivers, unreadable);
  }

  /** {@return the ledger; every step on it is kept; not to be used after {@link #close}} */
  public WaiverLedger ledger() {
    return ledger;
  }

  /**
   * Returns the digest of the last step's line. A reader who keeps it elsewhere sees whether later
   * steps are missing.
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
      steps.append(StepLine.of(step, after.proposal(), limits));
    } catch (IOException e) {
      throw new UncheckedIOException("the step cannot be kept in " + folder, e);
    }
    if (step.action() != WaiverLedger.Action.USE) {
      writeFile(after);
    }
  }

  /** The step is kept already: without its file the ledger takes no more, and opening mends it. */
  private void writeFile(WaiverEntry after) {
    try {
      SmallFile.replace(file(after), after.document() + "\n");
    } catch (IOException e) {
      steps.close();
      throw new UncheckedIOException(
          "the step is kept, but "
              + file(after)
              + " cannot be written; mend that and open the ledger again",
          e);
    }
  }

  /** Refuses to overwrite a file of the same name that is not the ledger's. */
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
