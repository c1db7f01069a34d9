/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import dev.arbiter.internal.DurableFile;
import java.io.IOException;
import java.nio.file.Path;

/** The machine's disk. */
final class RealDisk implements Disk {
  static final RealDisk INSTANCE = new RealDisk();

  private RealDisk() {}

  @Override
  public Output append(Path file) throws IOException {
    return new DurableOutput(DurableFile.open(file));
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    DurableFile.move(from, to);
  }

  private record DurableOutput(DurableFile file) implements Output {
    @Override
    public void write(byte[] bytes) throws IOException {
      file.append(bytes, 0, bytes.length);
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public boolean lock() throws IOException {
      return file.lock();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
