/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Signs checkpoints of one log, one at a time, and gives them to anchors; the log can append
 * meanwhile.
 */
final class CheckpointSigner {
  private final ReentrantLock signing = new ReentrantLock();
  private final String origin;
  private final LogEntries entries;
  private final @Nullable VerdictFile file;
  private final List<Anchor> anchors = new CopyOnWriteArrayList<>();
  private final AtomicLong anchorFailures = new AtomicLong();
  private final AtomicBoolean isDue = new AtomicBoolean();
  private volatile Signer key;
  private volatile @Nullable Checkpoint latest;
  private volatile @Nullable Exception failure;
  private boolean isHalfRotated; // guarded by signing: the key's first checkpoint is missing
  private volatile @Nullable Batches batches;

  /** How many entries a checkpoint covers, and what runs the signing. */
  private record Batches(int entries, Executor executor) {}

  CheckpointSigner(String origin, Signer key, LogEntries entries, @Nullable VerdictFile file) {
    this.origin = origin;
    this.key = key;
    this.entries = entries;
    this.file = file;
  }

  /**
   * Compares the entries that were read with the checkpoint in their folder and with the anchors,
   * and continues from it. A log without entries gets its first checkpoint, so that one that has
   * lost it is known.
   *
   * @param unproved the places of entries that the key may not have written
   */
  void resume(VerdictFile kept, Path folder, BitSet unproved) throws IOException {
    KeyRing ring = entries.ring();
    PublicKey newest = ring.newest(key.publicKey());
    if (!newest.equals(key.publicKey())) {
      throw damaged(folder, "it was handed on to " + SigningKey.idOf(newest));
    }
    Optional<String> note = kept.readCheckpoint();
    if (note.isEmpty()) {
      requireNoEntries(folder);
    } else {
      Checkpoint last =
          ring.open(note.get(), key.publicKey())
              .orElseThrow(
                  () ->
                      damaged(
                          folder,
                          "its checkpoint is not signed by " + key.id() + " for log " + origin));
      if (!entries.beginAs(last)) {
        throw damaged(folder, "its first " + last.size() + " entries are not those signed");
      }
      int stranger = unproved.nextSetBit(Math.toIntExact(last.size()));
      if (stranger >= 0) {
        throw unproved(folder, last.size(), stranger);
      }
      latest = last;
    }
    if (!anchors.isEmpty() && verify() instanceof LogVerification.Damaged damaged) {
      throw damaged(
          folder, "compared with its anchors, " + damaged.where() + " " + damaged.reason());
    }
    if (note.isEmpty()) {
      kept.writeCheckpoint(Checkpoint.sign(origin, 0, entries.head().root, key).note());
    }
    kept.writePublicKey(key.publicPem());
  }

  private void requireNoEntries(Path folder) {
    LogEntries.Head head = entries.head();
    if (head.size > 0) {
      throw damaged(
          folder,
          "it has "
              + head.size
              + " entries and no checkpoint.txt, so nothing tells who wrote them; put the"
              + " checkpoint back if you have it");
    }
  }

  private IllegalStateException unproved(Path folder, long signed, long stranger) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "the verdict log in %s has entries that are not proved: its checkpoint covers %d, and"
                + " line %d of verdicts.jsonl was not written there by %s, or a power failure took"
                + " its code in verdicts.mac. Nothing was signed. Move that line and those after"
                + " it to another file to go on without them, or keep the folder as evidence and"
                + " log to another folder",
            folder,
            signed,
            stranger + 1,
            key.id()));
  }

  static IllegalStateException damaged(Path folder, String how) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "the verdict log in %s was changed or belongs to another key: %s; keep it as "
                + "evidence and log to another folder",
            folder,
            how));
  }

  void anchor(Anchor anchor) {
    anchors.add(anchor);
  }

  /** Counts the exceptions of anchors, which never reach the log. */
  long anchorFailures() {
    return anchorFailures.get();
  }

  @Nullable Checkpoint latest() {
    return latest;
  }

  Checkpoint checkpoint() throws IOException {
    signing.lock();
    try {
      return sign();
    } finally {
      release();
    }
  }

  /**
   * Signs a full batch, or lets the thread do so that is signing now. After a failure the log
   * refuses entries.
   */
  private void checkpointUnlessBusy() {
    isDue.set(true);
    signDue();
  }

  /* A batch may have become full while this thread was signing: nobody else signs that one. */
  private void release() {
    signing.unlock();
    signDue();
  }

  private void signDue() {
    while (isDue.get() && signing.tryLock()) {
      try {
        isDue.set(false);
        sign();
      } catch (IOException | RuntimeException e) {
        failure = e;
      } finally {
        signing.unlock();
      }
    }
  }

  /** Signs whenever the log has grown by so many entries. */
  void every(int entries, Executor executor) {
    if (entries < 1) {
      throw new IllegalArgumentException("a batch has at least 1 entry, got " + entries);
    }
    batches = new Batches(entries, executor);
  }

  /** Signs if the entry that was just appended fills a batch. */
  void appended(long size) throws IOException {
    Batches full = batches;
    if (full == null || size % full.entries != 0) {
      return;
    }
    try {
      full.executor.execute(this::checkpointUnlessBusy);
    } catch (RejectedExecutionException e) {
      checkpointUnlessBusy();
    }
    refuseAfterFailure(); // same thread: refuses this entry; another thread: refuses later ones
  }

  void refuseAfterFailure() throws IOException {
    Exception before = failure;
    if (before != null) {
      throw new IOException("a checkpoint failed (" + before + "); open another folder", before);
    }
  }

  private Checkpoint sign() throws IOException {
    Checkpoint before = latest;
    Checkpoint signed = signHead();
    if (signed != before) {
      anchor(signed);
    }
    return signed;
  }

  private Checkpoint signHead() throws IOException {
    LogEntries.Head head = entries.flushed();
    Checkpoint before = latest;
    if (before != null && before.size() == head.size) {
      return before;
    }
    if (file != null) {
      file.force();
    }
    Checkpoint signed = Checkpoint.sign(origin, head.size, head.root, key);
    if (file != null) {
      file.writeCheckpoint(signed.note());
    }
    latest = signed;
    return signed;
  }

  /**
   * Replaces the key, and signs the first checkpoint with the new one. The old key signs all
   * entries before the change, because the new key could not prove them after a crash. From its
   * entry on the new key is in charge, whatever fails then; the same call again does the rest.
   */
  Checkpoint rotate(Signer next, Instant at) throws IOException {
    EntryCodes codes = file == null ? null : EntryCodes.of(origin, next);
    signing.lock();
    try {
      if (!isHalfRotated || !key.publicKey().equals(next.publicKey())) {
        refuseAfterFailure();
        entries.hold();
        try {
          signHead();
          entries.rotate(key, next, at, codes);
        } finally {
          entries.release();
        }
        key = next;
        isHalfRotated = true;
      }
      return finishRotation();
    } finally {
      release();
    }
  }

  private Checkpoint finishRotation() throws IOException {
    try {
      Checkpoint first = sign();
      if (file != null) {
        file.writePublicKey(key.publicPem());
      }
      isHalfRotated = false;
      return first;
    } catch (IOException | RuntimeException e) { // a signer is foreign code
      throw new IOException(
          "the log was handed on to "
              + key.id()
              + ", and its first checkpoint is missing ("
              + e.getMessage()
              + "); keep that key, and rotate to it again",
          e);
    }
  }

  /** The key that signs now. */
  PublicKey key() {
    return key.publicKey();
  }

  /** Compares entries, last checkpoint and the notes of anchors; signing waits. */
  LogVerification verify() throws IOException {
    signing.lock();
    try {
      Checkpoint last = latest;
      Optional<String> note = last == null ? Optional.empty() : Optional.of(last.note());
      return entries.verify(key.publicKey(), note, held());
    } finally {
      release();
    }
  }

  private void anchor(Checkpoint checkpoint) {
    for (Anchor anchor : anchors) {
      try {
        anchor.hold(checkpoint);
      } catch (IOException | RuntimeException e) {
        anchorFailures.incrementAndGet();
      }
    }
  }

  /** The notes that anchors hold; null without anchors, unlike anchors that hold no note yet. */
  private @Nullable List<String> held() {
    if (anchors.isEmpty()) {
      return null;
    }
    List<String> notes = new ArrayList<>();
    for (Anchor anchor : anchors) {
      try {
        anchor.held().ifPresent(notes::add);
      } catch (IOException | RuntimeException e) {
        anchorFailures.incrementAndGet();
      }
    }
    return notes;
  }
}
