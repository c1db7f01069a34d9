/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.storage;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A storage in a folder of preallocated files, of which the newest is appended to. */
public final class FileStorage implements Storage {
  /*
   * A segment is a file of frames: CRC-32C of the rest, length, number, the number up to which all
   * was forced when it was written, the bytes of a batch. A full segment is closed; the next begins
   * with all STATE values, so the oldest can be deleted when its events and ends are too old.
   *
   * After a crash the end may be torn, and a later frame may be on the disk without an earlier one.
   * Both were not forced, and open cuts them off. If a later frame says that a bad one had been
   * forced, the disk has damaged it, and open refuses.
   */
  private static final long MAGIC = 0x4152_4249_5445_5201L; // ARBITER, and version 1
  private static final int FRAME = 3 * Long.BYTES;
  /* A process loses its lock when it closes any other channel to that file: so it looks here. */
  private static final Map<Path, FileStorage> HELD = new ConcurrentHashMap<>();

  private final Path folder;
  private final int size;
  private final Map<String, byte[]> states = new ConcurrentHashMap<>();
  private final TreeMap<Path, RandomAccessFile> segments = new TreeMap<>();
  private final Map<RandomAccessFile, Instant> newest = new ConcurrentHashMap<>();
  private @Nullable RandomAccessFile lock;
  private long next;
  private long forced;
  private int end;

  /* Where the newest END of a key is; all threads read it, in ends, while the storage is open. */
  private Map<String, End> found = Map.of();
  private volatile @Nullable Map<String, End> ends;

  private record End(RandomAccessFile file, int at, int length, Instant made) {
    /* By the file, not its channel: an interrupt would close a channel for all. */
    byte[] bytes() throws IOException {
      byte[] bytes = new byte[length];
      synchronized (file) {
        file.seek(at);
        file.readFully(bytes);
      }
      return bytes;
    }
  }

  /**
   * Makes a storage.
   *
   * @param folder the folder; it is made if it does not exist
   * @param size the bytes of a segment, such as 64 MB
   */
  public FileStorage(Path folder, int size) {
    this.folder = folder.toAbsolutePath().normalize();
    this.size = size;
  }

  @Override
  public void open(BiConsumer<String, byte[]> kept) throws IOException {
    Files.createDirectories(folder);
    if (HELD.putIfAbsent(folder.toRealPath(), this) != null) {
      throw new IllegalStateException(folder + " is open in this process; close it first");
    }
    try {
      found = new ConcurrentHashMap<>();
      lock = new RandomAccessFile(folder.resolve("lock").toFile(), "rw");
      Path holder = folder.resolve("holder");
      if (lock.getChannel().tryLock() == null) {
        throw new IllegalStateException(
            folder + " is held by process " + Files.readString(holder) + "; end that process");
      }
      Files.writeString(holder, Long.toString(ProcessHandle.current().pid()));
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.filter(path -> path.toString().endsWith(".seg")).sorted().toList();
      }
      next = files.isEmpty() ? 1 : Long.parseLong(files.get(0).getFileName().toString(), 0, 16, 16);
      for (Path file : files) {
        segments.put(file, new RandomAccessFile(file.toFile(), "rw"));
        read(file, segments.size() == files.size());
      }
      if (files.isEmpty()) {
        turn(0);
      }
      force();
      syncFolder(); // the last turn may have failed to do it
      ends = found;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    states.forEach(kept);
  }

  private void read(Path path, boolean isLast) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(path));
    long magic = all.limit() < Long.BYTES ? 0 : all.getLong(0);
    if (magic != MAGIC) {
      throw new IllegalStateException(
          path + " is no segment of version 1: its start says version " + (magic & 0xff));
    }
    end = Long.BYTES;
    while (isFrame(all, end) && all.getLong(end + Long.BYTES) == next) {
      byte[] batch = new byte[all.getInt(end + Integer.BYTES)];
      all.get(end + FRAME, batch);
      apply(last(), end + FRAME, batch);
    }
    for (int later = end; later < all.limit(); later++) {
      boolean isBehind = isFrame(all, later) && all.getLong(later + 2 * Long.BYTES) >= next;
      if (isLast ? isBehind : all.get(later) != 0) {
        throw new IOException(path + " is damaged at byte " + end + "; restore it");
      }
    }
    if (isLast) {
      // Written again: after a force that failed, memory may have what the disk has not.
      last().write(all.array(), 0, end);
      last().write(new byte[all.limit() - end]);
    }
  }

  private static boolean isFrame(ByteBuffer all, int at) {
    int length = all.limit() - at < FRAME ? 0 : all.getInt(at + Integer.BYTES);
    boolean fits = length > 0 && length <= all.limit() - at - FRAME;
    return fits && all.getInt(at) == check(all, at, length);
  }

  private static int check(ByteBuffer all, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(all.slice(at + Integer.BYTES, FRAME - Integer.BYTES + length));
    return (int) crc.getValue();
  }

  @Override
  public void append(List<Change> batch, boolean force) throws IOException {
    opened();
    // All bytes first: a batch that has none is refused before anything is written.
    write(encoded(Instant.MIN, batch));
    if (force) {
      force();
    }
  }

  private void write(byte[] batch) throws IOException {
    if (batch.length > last().length() - end - FRAME) {
      force();
      turn(batch.length);
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME + batch.length);
    frame.putInt(0).putInt(batch.length).putLong(next).putLong(forced).put(batch);
    frame.putInt(0, check(frame, 0, batch.length));
    RandomAccessFile file = last();
    synchronized (file) {
      file.seek(end);
      file.write(frame.array());
    }
    apply(file, end + FRAME, batch);
  }

  private void force() throws IOException {
    last().getChannel().force(false);
    forced = next - 1;
  }

  private void syncFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder)) {
      directory.force(true);
    }
  }

  private RandomAccessFile last() {
    return segments.lastEntry().getValue();
  }

  /* Begins a segment with all states. It gets its name when they are forced. */
  private void turn(int room) throws IOException {
    List<Change> all = new ArrayList<>();
    states.forEach((key, value) -> all.add(new Change(Change.Kind.STATE, key, Value.of(value))));
    byte[] snapshot = encoded(Instant.MIN, all);
    Path path = folder.resolve(HexFormat.of().toHexDigits(next) + ".seg");
    Path unfinished = folder.resolve("unfinished");
    Files.write(unfinished, new byte[Math.max(size, 2 * (snapshot.length + room + 3 * FRAME))]);
    RandomAccessFile file = new RandomAccessFile(unfinished.toFile(), "rw");
    segments.put(path, file);
    file.writeLong(MAGIC);
    end = Long.BYTES;
    write(snapshot);
    force();
    Files.move(unfinished, path);
    syncFolder();
  }

  @Override
  public byte @Nullable [] find(String key) throws IOException {
    End made = opened().get(key);
    return made == null ? null : made.bytes();
  }

  @Override
  public void forget(Instant before) throws IOException {
    if (opened().values().stream().anyMatch(old -> old.made.isBefore(before))) {
      write(encoded(before, List.of()));
    }
    while (newest.getOrDefault(segments.firstEntry().getValue(), Instant.MIN).isBefore(before)
        && segments.size() > 1) {
      force();
      Map.Entry<Path, RandomAccessFile> oldest = segments.pollFirstEntry();
      oldest.getValue().close();
      Files.delete(oldest.getKey());
    }
  }

  @Override
  public void close() throws IOException {
    ends = null;
    states.clear();
    newest.clear();
    RandomAccessFile held = lock;
    try (held) {
      for (RandomAccessFile file : segments.values()) {
        file.close();
      }
    } finally {
      segments.clear();
      HELD.values().remove(this);
    }
  }

  private Map<String, End> opened() throws IOException {
    return Optional.ofNullable(ends).orElseThrow(() -> new IOException(folder + " is not open"));
  }

  /* First the age of which all is forgotten, then the changes. */
  private static byte[] encoded(Instant forget, Iterable<Change> batch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(forget.toString());
    for (Change change : batch) {
      Value value = change.value();
      byte[] made = value == null ? new byte[0] : value.bytes();
      out.writeByte(change.kind().name().charAt(1)); // sTate, eVent, eNd
      out.writeUTF(change.key()); // Java's own UTF-8 holds half of a surrogate pair too
      out.writeUTF((value == null ? Instant.MIN : value.columns().at()).toString());
      out.writeInt(value == null ? -1 : made.length);
      out.write(made);
    }
    return bytes.toByteArray();
  }

  private void apply(RandomAccessFile file, int from, byte[] batch) throws IOException {
    end = from + batch.length;
    next++;
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(batch));
    Instant forgotten = Instant.parse(in.readUTF());
    if (forgotten.isAfter(Instant.MIN)) {
      found.values().removeIf(old -> old.made.isBefore(forgotten));
    }
    while (in.available() > 0) {
      int kind = in.read();
      String key = in.readUTF();
      Instant made = Instant.parse(in.readUTF());
      int length = in.readInt();
      int at = end - in.available();
      byte[] value = in.readNBytes(Math.max(0, length));
      if (kind == 'N') {
        found.put(key, new End(file, at, length, made));
      }
      if (kind != 'T') {
        newest.merge(file, made, (one, other) -> one.isAfter(other) ? one : other);
      } else {
        states.compute(key, (same, old) -> length < 0 ? null : value);
      }
    }
  }
}
