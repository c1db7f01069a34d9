/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The floor: the bytes of a batch and a checksum, at the next place of a preallocated file. */
final class AppendFile implements Storage {
  private static final int SIZE = 512 << 20;
  private static final int PIECE = 1 << 20;
  private static final int LARGEST_BATCH = 16 << 20;

  private final Path file;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST_BATCH);
  private final CRC32C checksum = new CRC32C();
  private @Nullable FileChannel channel;
  private long at;

  AppendFile(Path file) {
    this.file = file;
  }

  @Override
  public void open(BiConsumer<String, byte[]> kept) throws IOException {
    boolean made = !Files.exists(file);
    FileChannel opened =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel = opened;
    at = 0;
    for (long place = 0; made && place < SIZE; place += PIECE) {
      opened.write(ByteBuffer.allocate(PIECE), place);
    }
    opened.force(true);
  }

  @Override
  public void append(List<Change> batch, boolean force) throws IOException {
    FileChannel open = Objects.requireNonNull(channel);
    buffer.clear().position(2 * Integer.BYTES);
    for (Change change : batch) {
      byte[] key = change.key().getBytes(UTF_8);
      Value value = change.value();
      byte[] bytes = value == null ? new byte[0] : value.bytes();
      buffer.putInt(key.length).put(key).putInt(bytes.length).put(bytes);
    }
    buffer.flip();
    checksum.reset();
    checksum.update(buffer.duplicate().position(2 * Integer.BYTES));
    buffer.putInt(0, buffer.limit()).putInt(Integer.BYTES, (int) checksum.getValue());
    at = at + buffer.limit() > SIZE ? 0 : at;
    while (buffer.hasRemaining()) {
      at += open.write(buffer, at);
    }
    if (force) {
      open.force(false);
    }
  }

  @Override
  public byte @Nullable [] find(String key) {
    return null;
  }

  @Override
  public void forget(Instant before) {}

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
