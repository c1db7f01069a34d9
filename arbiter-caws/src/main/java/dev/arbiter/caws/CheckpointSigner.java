/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Signs checkpoints for the entries of one log, one at a time; appending goes on meanwhile. */
final class CheckpointSigner {
  private final ReentrantLock signing = new ReentrantLock();
  private final String origin;
  private final LogEntries entries;
  private final @Nullable VerdictFile file;
  private final Anchors anchors = new Anchors();
  private volatile Signer key;
  private volatile @Nullable Checkpoint latest;
  private volatile @Nullable Exception failure;
  private volatile @Nullable Batches batches;

  /** How many entries a checkpoint covers, and what runs the signing. */
  private record Batches(int entries, Executor executor) {}

  CheckpointSigner(String origin, Signer key, LogEntries entries, @Nullable VerdictFile file) {
    this.origin = origin;
    this.key = key;
    this.entries = entries;
    this.file = file;
  }

  /** Holds entries that were read back against the checkpoint beside them, and goes on from it. */
  void resume(VerdictFile kept, Path folder) throws IOException {
    KeyRing ring = entries.ring();
    PublicKey newest = ring.newest(key.publicKey());
    if (!newest.equals(key.publicKey())) {
      throw damaged(folder, "it was handed on to " + SigningKey.idOf(newest));
    }
    Optional<String> note = kept.readCheckpoint();
    if (note.isPresent()) {
      Checkpoint last =
          ring.open(note.get(), key.publicKey())
              .orElseThrow(() -> damaged(folder, "its checkpoint is not signed by " + key.id()));
      if (!entries.beginAs(last)) {
        throw damaged(folder, "its first " + last.size() + " entries are not those signed");
      }
      latest = last;
    }
    kept.writePublicKey(key.publicPem());
  }

  private static IllegalStateException damaged(Path folder, String how) {
    return new IllegalStateException(
        "the verdict log in "
            + folder
            + " was changed or belongs to another key: "
            + how
            + "; keep it as evidence and log to another folder");
  }

  Anchors anchors() {
    return anchors;
  }

  @Nullable Checkpoint latest() {
    return latest;
  }

  Checkpoint checkpoint() throws IOException {
    signing.lock();
    try {
      return sign();
    } finally {
      signing.unlock();
    }
  }

  /**
   * Signs unless another thread is at it, which then covers these entries with its next. A failure
   * is kept: the log takes no more.
   */
  private void checkpointUnlessBusy() {
    if (signing.tryLock()) {
      try {
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
    anchors.hold(signed);
    return signed;
  }

  /** Hands the log on, and signs the first checkpoint of the new key. */
  Checkpoint rotate(Signer next, Instant at) throws IOException {
    signing.lock();
    try {
      refuseAfterFailure();
      entries.handOn(key, next, at);
      key = next;
      Checkpoint first = sign();
      if (file != null) {
        file.writePublicKey(next.publicPem());
      }
      return first;
    } finally {
      signing.unlock();
    }
  }

  /** Compares entries, checkpoint and what anchors hold; nothing is signed meanwhile. */
  LogVerification verify() throws IOException {
    signing.lock();
    try {
      Checkpoint last = latest;
      Optional<String> note = last == null ? Optional.empty() : Optional.of(last.note());
      return entries.verify(key.publicKey(), note, anchors.held());
    } finally {
      signing.unlock();
    }
  }
}
