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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A storage in a folder of preallocated files, of which the newest is appended to. */
public final class FileStorage implements Storage {
  /*
   * A segment is a file of frames: length, CRC-32C of the rest, number, the number up to which all
   * was forced when it was written, the bytes of a batch. A full segment is closed; the next begins
   * with all STATE values, so the oldest can be deleted when its events and ends are too old.
   *
   * After a crash the end may be torn, and a later frame may be on the disk without an earlier one.
   * Both were not forced, and open cuts them off. If a later frame says that a bad one had been
   * forced, the disk has damaged it, and open refuses.
   */
  private static final long MAGIC = 0x4152_4249_5445_5201L; // ARBITER, and version 1
  private static final int FRAME = 2 * Integer.BYTES + 2 * Long.BYTES;
  private static final int NUMBER = 2 * Integer.BYTES;
  private static final int FORCED = NUMBER + Long.BYTES;
  private static final char FORGET = 'F';
  /* A process loses its lock when it closes any other channel to that file: so it looks here. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path folder;
  private final int size;
  private final Map<String, byte[]> states = new HashMap<>();
  private final TreeMap<Path, RandomAccessFile> segments = new TreeMap<>();
  private final Map<RandomAccessFile, Instant> newest = new HashMap<>();
  private @Nullable RandomAccessFile lock;
  private long next;
  private long forced;
  private int end;

  /* Where the newest END of a key is. Null while this is not open; read by all threads. */
  private volatile @Nullable Map<String, End> ends;

  private record End(RandomAccessFile file, int at, int length, Instant made) {}

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
    takeLock();
    try {
      Map<String, End> found = new ConcurrentHashMap<>();
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.filter(path -> path.toString().endsWith(".seg")).sorted().toList();
      }
      next = files.isEmpty() ? 1 : Long.parseLong(files.get(0).getFileName().toString(), 0, 16, 16);
      for (Path file : files) {
        segments.put(file, new RandomAccessFile(file.toFile(), "rw"));
        read(file, segments.size() == files.size(), found);
      }
      forced = next - 1;
      if (files.isEmpty()) {
        turn(0, found);
      }
      ends = found;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    states.forEach(kept);
  }

  private void takeLock() throws IOException {
    Path file = folder.resolve("lock");
    String holder = "this one";
    synchronized (HELD) {
      if (!HELD.contains(folder)) {
        RandomAccessFile taken = new RandomAccessFile(file.toFile(), "rw");
        // A byte far behind the text, so that other processes can read the text.
        if (taken.getChannel().tryLock(Long.MAX_VALUE - 1, 1, false) != null) {
          taken.setLength(0);
          taken.writeBytes(Long.toString(ProcessHandle.current().pid()));
          lock = taken;
          HELD.add(folder);
          return;
        }
        holder = taken.readLine();
        taken.close();
      }
    }
    throw new IllegalStateException(
        folder + " is held by process " + holder + "; end that, or take another folder");
  }

  private void read(Path path, boolean isLast, Map<String, End> found) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(path));
    long magic = all.limit() < Long.BYTES ? 0 : all.getLong(0);
    if (magic != MAGIC) {
      throw new IllegalStateException(
          magic >>> Byte.SIZE == MAGIC >>> Byte.SIZE
              ? path + " is of version " + (magic & 0xff) + ", this reads version 1"
              : path + " is no segment, or its start is damaged");
    }
    int at = Long.BYTES;
    int length = frame(all, at);
    while (length > 0 && all.getLong(at + NUMBER) == next) {
      int from = at + FRAME;
      at = from + length;
      apply(last(), from, Arrays.copyOfRange(all.array(), from, at), found);
      next++;
      length = frame(all, at);
    }
    for (int later = at; later < all.limit(); later++) {
      boolean isBehind = frame(all, later) > 0 && all.getLong(later + FORCED) >= next;
      if (isLast ? isBehind : all.get(later) != 0) {
        throw new IOException(path + " is damaged at byte " + at + "; restore it");
      }
    }
    end = at;
    if (isLast) {
      // Written again: after a force that failed, memory may have what the disk has not.
      Arrays.fill(all.array(), at, all.limit(), (byte) 0);
      last().write(all.array());
      last().getChannel().force(false);
    }
  }

  /* The length of the batch in the frame at a place; 0 if there is no frame. */
  private static int frame(ByteBuffer all, int at) {
    int length = all.limit() - at < FRAME ? 0 : all.getInt(at);
    boolean fits = length > 0 && length <= all.limit() - at - FRAME;
    return fits && all.getInt(at + Integer.BYTES) == check(all, at, length) ? length : 0;
  }

  private static int check(ByteBuffer all, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(all.slice(at + NUMBER, FRAME - NUMBER + length));
    return (int) crc.getValue();
  }

  @Override
  public void append(List<Change> batch, boolean force) throws IOException {
    // All bytes first: a batch that has none is refused before anything is written.
    write(encoded(batch, null), opened());
    if (force) {
      force();
    }
  }

  private void write(byte[] batch, Map<String, End> found) throws IOException {
    if (batch.length > last().length() - end - FRAME) {
      turn(batch.length, found);
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME + batch.length);
    frame.putInt(batch.length).putInt(0).putLong(next).putLong(forced).put(batch);
    frame.putInt(Integer.BYTES, check(frame, 0, batch.length));
    RandomAccessFile file = last();
    synchronized (file) {
      file.seek(end);
      file.write(frame.array());
    }
    apply(file, end + FRAME, batch, found);
    end += frame.capacity();
    next++;
  }

  private void force() throws IOException {
    last().getChannel().force(false);
    forced = next - 1;
  }

  private RandomAccessFile last() {
    return segments.lastEntry().getValue();
  }

  /* Begins a segment with all states. It gets its name when they are forced. */
  private void turn(int room, Map<String, End> found) throws IOException {
    if (!segments.isEmpty()) {
      force();
    }
    List<Change> all = new ArrayList<>();
    states.forEach((key, value) -> all.add(new Change(Change.Kind.STATE, key, Value.of(value))));
    // With a mark, so that a segment has a frame also if there are no states.
    byte[] snapshot = encoded(all, Instant.MIN);
    Path path = folder.resolve(HexFormat.of().toHexDigits(next) + ".seg");
    Path unfinished = folder.resolve("unfinished");
    RandomAccessFile file = new RandomAccessFile(unfinished.toFile(), "rw");
    segments.put(path, file);
    file.setLength(0);
    file.write(new byte[Math.max(size, 2 * (snapshot.length + room + 2 * FRAME + Long.BYTES))]);
    file.seek(0);
    file.writeLong(MAGIC);
    end = Long.BYTES;
    write(snapshot, found);
    force();
    file.close();
    Files.move(unfinished, path);
    segments.put(path, new RandomAccessFile(path.toFile(), "rw"));
    try (FileChannel directory = FileChannel.open(folder)) {
      directory.force(true);
    }
  }

  @Override
  public byte @Nullable [] find(String key) throws IOException {
    End found = opened().get(key);
    if (found == null) {
      return null;
    }
    byte[] bytes = new byte[found.length];
    // By the file, not its channel: an interrupt would close a channel for all.
    synchronized (found.file) {
      found.file.seek(found.at);
      found.file.readFully(bytes);
    }
    return bytes;
  }

  @Override
  public void forget(Instant before) throws IOException {
    Map<String, End> found = opened();
    if (found.values().stream().anyMatch(old -> old.made.isBefore(before))) {
      write(encoded(List.of(), before), found);
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
    lock = null;
    try {
      for (RandomAccessFile file : segments.values()) {
        file.close();
      }
    } finally {
      segments.clear();
      if (held != null) {
        held.close();
        synchronized (HELD) {
          HELD.remove(folder);
        }
      }
    }
  }

  private Map<String, End> opened() throws IOException {
    Map<String, End> found = ends;
    if (found == null) {
      throw new IOException(folder + " is not open");
    }
    return found;
  }

  private static byte[] encoded(List<Change> batch, @Nullable Instant forget) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    if (forget != null) {
      put(out, FORGET, forget, "", null);
    }
    for (Change change : batch) {
      char kind = change.kind().name().charAt(1); // sTate, eVent, eNd
      Value value = change.value();
      if (value == null) {
        put(out, kind, Instant.EPOCH, change.key(), null);
      } else {
        put(out, kind, value.columns().at(), change.key(), value.bytes());
      }
    }
    return bytes.toByteArray();
  }

  private static void put(
      DataOutputStream out, char kind, Instant made, String key, byte @Nullable [] value)
      throws IOException {
    out.writeByte(kind);
    out.writeLong(made.getEpochSecond());
    out.writeInt(made.getNano());
    out.writeUTF(key); // Java's own UTF-8 holds half of a surrogate pair too
    out.writeInt(value == null ? -1 : value.length);
    out.write(value == null ? new byte[0] : value);
  }

  private void apply(RandomAccessFile file, int from, byte[] batch, Map<String, End> found)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(batch));
    while (in.available() > 0) {
      int kind = in.read();
      Instant made = Instant.ofEpochSecond(in.readLong(), in.readInt());
      String key = in.readUTF();
      int length = in.readInt();
      int at = from + batch.length - in.available();
      byte[] value = in.readNBytes(Math.max(0, length));
      if (kind == FORGET) {
        found.values().removeIf(old -> old.made.isBefore(made));
      } else if (kind == 'V' || kind == 'N') {
        newest.merge(file, made, (one, other) -> one.isAfter(other) ? one : other);
      } else if (length < 0) {
        states.remove(key);
      } else {
        states.put(key, value);
      }
      if (kind == 'N') {
        found.put(key, new End(file, at, length, made));
      }
    }
  }
}
