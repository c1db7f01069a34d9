/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The real disk, until it is full, or until forcing or renaming fails. */
public final class FailingDisk implements Disk {
  /** How many bytes still fit. */
  public long room = Long.MAX_VALUE;

  /** Whether others make room once it was full. */
  public boolean freesRoom;

  /** Whether forcing works. */
  public boolean forces = true;

  /** Whether renaming works. */
  public boolean replaces = true;

  @Override
  public Output append(Path file) throws IOException {
    return new Limited(Disk.real().append(file));
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    if (!replaces) {
      throw new IOException("the name cannot be changed");
    }
    Disk.real().replace(from, to);
  }

  private final class Limited implements Output {
    private final Output out;

    Limited(Output out) {
      this.out = out;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      int fits = (int) Math.min(room, bytes.length);
      out.write(Arrays.copyOf(bytes, fits));
      room -= fits;
      if (fits < bytes.length) {
        room = freesRoom ? Long.MAX_VALUE : room;
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void force() throws IOException {
      if (!forces) {
        throw new IOException("Input/output error");
      }
      out.force();
    }

    @Override
    public long size() throws IOException {
      return out.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      out.truncate(size);
    }

    @Override
    public boolean lock() throws IOException {
      return out.lock();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
