/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.CheckedBytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes all windows as bytes, and reads them. Used under the collector's lock. */
final class WindowSnapshot {
  /*
   * The time by which places are named, and its offset; the branches, each after its parent; the
   * keys of recent attempts. A branch is its depth (agent, type of task, tenant), its name, and its
   * content as ClosedBuckets keeps it, or -1 if it shares that of its parent. Depth 0 ends the
   * branches. Agents for which there is no room in the bytes are left out.
   *
   * A branch whose content is too old by now is left out, with those below it, which are no younger:
   * when it is written, and when it is read. Else it would take capacity in every later process.
   */
  private static final int KIND = 0x41545753;
  private static final int VERSION = 1;
  private static final String NAME = "windows of the tracker";
  private static final int AGENT = 1;
  private static final int TYPE = 2;
  private static final int TENANT = 3;
  private static final int SHARED = -1;
  private static final int MOST_BYTES = 64 << 20;
  private static final int MOST_KEYS = 1 << 17;

  private final Tracks tracks;
  private final BucketLevels levels;
  private final ClosedBuckets past;

  WindowSnapshot(Tracks tracks, BucketLevels levels, ClosedBuckets past) {
    this.tracks = tracks;
    this.levels = levels;
    this.past = past;
  }

  byte[] bytes(RecentKeys recent) {
    return CheckedBytes.of(
        KIND,
        VERSION,
        out -> {
          out.writeLong(levels.now());
          out.writeLong(levels.offset());
          for (Branch agent : tracks.agentBranches()) {
            if (out.size() < MOST_BYTES) {
              write(agent, AGENT, out);
            }
          }
          out.writeByte(0);
          long[] keys = recent.keys(MOST_KEYS);
          out.writeInt(keys.length);
          for (long key : keys) {
            out.writeLong(key);
          }
        });
  }

  private void write(Branch branch, int depth, DataOutputStream out) throws IOException {
    byte[] content = branch.isApart() ? branch.series().content(past) : null;
    if (content != null && content.length == 0) {
      return;
    }
    out.writeByte(depth);
    out.writeUTF(name(branch, depth));
    if (content != null) {
      out.writeInt(content.length);
      out.write(content);
    } else {
      out.writeInt(SHARED);
    }
    List<Branch> children = Tracks.children(branch);
    Collections.reverse(children);
    for (Branch child : children) {
      write(child, depth + 1, out);
    }
  }

  private static String name(Branch branch, int depth) {
    return depth == AGENT
        ? branch.agent
        : Objects.requireNonNull(depth == TYPE ? branch.taskType : branch.tenant);
  }

  void restore(byte[] snapshot, RecentKeys recent) {
    // All is read before anything is changed.
    Runnable restoring =
        CheckedBytes.read(snapshot, KIND, VERSION, NAME, in -> restoring(in, recent));
    restoring.run();
  }

  private Runnable restoring(DataInputStream in, RecentKeys recent) throws IOException {
    long now = in.readLong();
    long offset = in.readLong();
    List<Runnable> branches = branches(in);
    long[] keys = new long[Math.min(MOST_KEYS, Math.max(0, in.readInt()))];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = in.readLong();
    }
    return () -> {
      levels.goOn(now, offset);
      branches.forEach(Runnable::run);
      for (long key : keys) {
        boolean unused = key == 0 || recent.add(key);
      }
    };
  }

  private List<Runnable> branches(DataInputStream in) throws IOException {
    List<Runnable> restoring = new ArrayList<>();
    Restored restored = new Restored();
    String agent = "";
    String taskType = "";
    for (int depth = in.readByte(); depth != 0; depth = in.readByte()) {
      String name = in.readUTF();
      byte[] content = content(in);
      if (depth < AGENT || depth > TENANT) {
        throw new IllegalArgumentException(
            "the windows of the tracker are damaged: a branch has the depth " + depth);
      }
      agent = depth == AGENT ? name : agent;
      taskType = depth == TYPE ? name : taskType;
      String of = agent;
      String type = depth == AGENT ? null : taskType;
      String tenant = depth == TENANT ? name : null;
      int at = depth;
      restoring.add(() -> restored.add(at, of, type, tenant, content));
    }
    restoring.add(restored::end);
    return restoring;
  }

  private byte @Nullable [] content(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length == SHARED) {
      return null;
    }
    if (length < 0 || length > in.available()) {
      throw new IllegalArgumentException(
          "the windows of the tracker are damaged: a series has " + length + " bytes");
    }
    byte[] content = in.readNBytes(length);
    past.check(content);
    return content;
  }

  /** The branches that go on, in the order of the snapshot. */
  private final class Restored {
    private final List<Branch> apart = new ArrayList<>();
    private int oldFrom = TENANT + 1;

    void add(
        int depth,
        String agent,
        @Nullable String taskType,
        @Nullable String tenant,
        byte @Nullable [] content) {
      if (depth > oldFrom) {
        return;
      }
      boolean isOld = content != null && past.close(content, null).length == 0;
      oldFrom = isOld ? depth : TENANT + 1;
      Branch branch = isOld ? null : tracks.restored(agent, taskType, tenant);
      if (branch != null && content != null) {
        branch.content(content);
        apart.add(branch);
      }
    }

    void end() {
      apart.forEach(Branch::keepToItself);
    }
  }
}
