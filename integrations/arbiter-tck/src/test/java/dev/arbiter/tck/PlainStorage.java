/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A slow and plain storage in a file that grows, right but for one mistake. */
final class PlainStorage implements Storage {
  private static final Set<Path> HELD = new HashSet<>();
  private static final int FRAME = 12;
  private static final List<Change.Kind> KINDS =
      List.of(Change.Kind.STATE, Change.Kind.EVENT, Change.Kind.END);

  private final Path folder;
  private final Mistake mistake;
  private final boolean writesThrough;
  private volatile @Nullable Map<String, End> ends;
  private @Nullable FileChannel log;
  private @Nullable FileChannel lock;
  private Map<String, byte[]> states = new LinkedHashMap<>();
  private List<String> all = new ArrayList<>();
  private ByteArrayOutputStream unwritten = new ByteArrayOutputStream();
  private boolean wasClosed;

  private Instant lastForgotten = Instant.MIN;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record End(byte[] bytes, Instant at, @Nullable End earlier) {}

  PlainStorage(Path folder, Mistake mistake) {
    this(folder, mistake, false);
  }

  /** A storage whose every write is a sync, or one that syncs. */
  PlainStorage(Path folder, Mistake mistake, boolean writesThrough) {
    this.folder = folder;
    this.mistake = mistake;
    this.writesThrough = writesThrough;
  }

  private boolean makes(Mistake one) {
    return mistake == one;
  }

  @Override
  public void open(BiConsumer<String, byte[]> kept) throws Exception {
    if (makes(Mistake.STAYS_CLOSED) && wasClosed) {
      throw new IOException("it was closed");
    }
    Files.createDirectories(folder);
    lock();
    try {
      FileChannel file =
          writesThrough
              ? FileChannel.open(folder.resolve("log"), CREATE, READ, WRITE, DSYNC)
              : FileChannel.open(folder.resolve("log"), CREATE, READ, WRITE);
      log = file;
      syncFolder();
      states = new LinkedHashMap<>();
      all = new ArrayList<>();
      unwritten = new ByteArrayOutputStream();
      Map<String, End> found = new ConcurrentHashMap<>();
      read(file, found);
      if (makes(Mistake.FORGETS_ENDS_AT_RESTART)) {
        found.clear();
      }
      if (makes(Mistake.GIVES_ENDS_A_NEW_AGE)) {
        found.replaceAll((key, end) -> new End(end.bytes, Instant.MAX, end.earlier));
      }
      ends = found;
    } catch (Exception e) {
      close();
      throw e;
    }
    if (makes(Mistake.GIVES_EVERY_VALUE)) {
      all.forEach(key -> kept.accept(key, states.getOrDefault(key, new byte[0])));
    } else {
      states.forEach(kept);
    }
  }

  /* Else the name of the log may be lost. */
  private void syncFolder() throws IOException {
    if (!makes(Mistake.SYNCS_NO_FOLDER)) {
      try (FileChannel named = FileChannel.open(folder)) {
        named.force(true);
      }
    }
  }

  private void lock() throws IOException {
    if (makes(Mistake.DOES_NOT_LOCK)) {
      return;
    }
    synchronized (HELD) {
      if (!HELD.add(folder)) {
        if (makes(Mistake.REFUSAL_ENDS_THE_LOCK)) {
          FileChannel.open(folder.resolve("lock"), WRITE).close();
        }
        throw new IllegalStateException(folder + " is open in this process");
      }
    }
    if (makes(Mistake.LOCKS_ITS_PROCESS_ONLY)) {
      return;
    }
    FileChannel channel = FileChannel.open(folder.resolve("lock"), CREATE, READ, WRITE);
    FileLock held = channel.tryLock();
    Path name = folder.resolve("holder");
    if (held == null) {
      channel.close();
      synchronized (HELD) {
        HELD.remove(folder);
      }
      throw new IllegalStateException(
          makes(Mistake.REFUSES_WITHOUT_A_NAME) ? "locked" : "held by " + Files.readString(name));
    }
    lock = channel;
    Files.writeString(name, Long.toString(ProcessHandle.current().pid()));
  }

  private void read(FileChannel file, Map<String, End> found) throws IOException {
    byte[] whole = Files.readAllBytes(folder.resolve("log"));
    int at = 0;
    while (at + FRAME <= whole.length) {
      if (!isFrame(whole, at)) {
        break;
      }
      int length = ByteBuffer.wrap(whole, at, 4).getInt();
      apply(new DataInputStream(new ByteArrayInputStream(whole, at + FRAME, length)), found);
      at += FRAME + length;
    }
    if (!makes(Mistake.STOPS_AT_DAMAGE) && !makes(Mistake.DOES_NOT_CHECK)) {
      for (int later = at + 1; later + FRAME <= whole.length; later++) {
        if (isFrame(whole, later)) {
          throw new IOException("the log is damaged at byte " + at + ": records follow");
        }
      }
    }
    file.truncate(at).position(at);
  }

  private boolean isFrame(byte[] whole, int at) {
    ByteBuffer frame = ByteBuffer.wrap(whole, at, whole.length - at);
    int length = frame.getInt();
    int check = frame.getInt();
    if (length < 1 || frame.getInt() != ~length || length > frame.remaining()) {
      return makes(Mistake.DOES_NOT_CHECK) && length > 0 && length <= frame.remaining();
    }
    return makes(Mistake.DOES_NOT_CHECK)
        || check == check(Arrays.copyOfRange(whole, at + FRAME, at + FRAME + length));
  }

  private static int check(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private void apply(DataInputStream in, Map<String, End> found) throws IOException {
    while (in.available() > 0) {
      int kind = in.readByte();
      Instant at = Instant.parse(in.readUTF());
      if (kind == 'F') {
        forget(at, found);
        continue;
      }
      byte[] key = in.readNBytes(in.readInt());
      int length = in.readInt();
      byte @Nullable [] value =
          length < 0 || (length == 0 && makes(Mistake.TAKES_EMPTY_FOR_NULL))
              ? null
              : in.readNBytes(length);
      take(KINDS.get(kind), text(key), value, at, found);
    }
  }

  private void forget(Instant before, Map<String, End> found) {
    for (Map.Entry<String, End> one : List.copyOf(found.entrySet())) {
      End earlier = one.getValue().earlier;
      if (one.getValue().at.isBefore(before)) {
        found.remove(one.getKey());
        if (makes(Mistake.FORGETS_ONE_OF_TWO_ENDS) && earlier != null) {
          found.put(one.getKey(), earlier);
        }
      }
    }
  }

  private void take(
      Change.Kind kind, String key, byte @Nullable [] value, Instant at, Map<String, End> found) {
    if (kind == Change.Kind.END && value != null) {
      if (makes(Mistake.FINDS_THE_FIRST_END)) {
        found.putIfAbsent(key, new End(value, at, null));
      } else {
        found.put(key, new End(value, at, found.get(key)));
      }
    } else if (kind == Change.Kind.STATE) {
      all.add(key);
      if (value != null && makes(Mistake.GIVES_OLD_VALUES)) {
        states.putIfAbsent(key, value);
      } else if (value != null) {
        states.put(key, value);
      } else if (!makes(Mistake.FORGETS_NO_KEY)) {
        states.remove(key);
      }
      if (value != null && makes(Mistake.FINDS_STATES)) {
        found.put(key, new End(value, at, null));
      }
    }
  }

  private byte[] bytes(String key) {
    String kept = makes(Mistake.LEAVES_CASE_OUT) ? key.toLowerCase(Locale.ROOT) : key;
    kept = makes(Mistake.TRIMS_KEYS) ? kept.stripTrailing() : kept;
    if (makes(Mistake.WRITES_KEYS_AS_UTF_8)) {
      return kept.getBytes(UTF_8);
    }
    ByteBuffer all = ByteBuffer.allocate(2 * kept.length());
    all.asCharBuffer().put(kept);
    return all.array();
  }

  private String text(byte[] key) {
    return makes(Mistake.WRITES_KEYS_AS_UTF_8)
        ? new String(key, UTF_8)
        : ByteBuffer.wrap(key).asCharBuffer().toString();
  }

  @Override
  public void append(List<Change> batch, boolean force) throws Exception {
    try {
      keep(batch, force);
    } catch (Exception e) {
      if (!makes(Mistake.SWALLOWS_ERRORS)) {
        throw e;
      }
    }
  }

  private void keep(List<Change> batch, boolean force) throws IOException {
    List<Change> changes = new ArrayList<>(batch);
    if (makes(Mistake.REORDERS_A_BATCH)) {
      Collections.reverse(changes);
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    for (Change change : changes) {
      write(new DataOutputStream(record), change);
      if (makes(Mistake.SPLITS_A_BATCH)) {
        put(record.toByteArray());
        record.reset();
      }
    }
    if (record.size() > 0) {
      put(record.toByteArray());
    }
    if (force && !makes(Mistake.IGNORES_FORCE)) {
      write();
      sync();
    }
  }

  private void sync() throws IOException {
    try {
      if (!makes(Mistake.NEVER_SYNCS) && !writesThrough) {
        FileChannel other = makes(Mistake.SYNCS_ANOTHER_FILE) ? lock : null;
        (other == null ? opened() : other).force(false);
      }
    } catch (IOException e) {
      if (!makes(Mistake.PASSES_OVER_A_FAILED_SYNC)) {
        throw e;
      }
    }
  }

  private void write(DataOutputStream out, Change change) throws IOException {
    Value value = change.value();
    byte[] key = bytes(change.key());
    byte[] bytes = value == null ? new byte[0] : value.bytes();
    if (makes(Mistake.LIMITS_VALUES) && bytes.length > 1 << 20) {
      throw new IOException("too large");
    }
    Columns columns = value == null ? Columns.none() : value.columns();
    out.writeByte(KINDS.indexOf(change.kind()));
    out.writeUTF(columns.at().toString());
    out.writeInt(key.length);
    out.write(key);
    out.writeInt(value == null ? -1 : bytes.length);
    out.write(bytes);
  }

  /* Memory changes only when the record is there as a whole. */
  private void put(byte[] record) throws IOException {
    FileChannel file = opened();
    DataOutputStream out = new DataOutputStream(unwritten);
    out.writeInt(record.length);
    out.writeInt(check(record));
    out.writeInt(~record.length);
    out.write(record);
    if (!makes(Mistake.IGNORES_FORCE) && !makes(Mistake.LOSES_WHAT_IS_NOT_FORCED)) {
      write();
    }
    if (file.isOpen()) {
      Map<String, End> found = ends;
      apply(
          new DataInputStream(new ByteArrayInputStream(record)),
          found == null ? new HashMap<>() : found);
    }
  }

  private void write() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(unwritten.toByteArray());
    while (bytes.hasRemaining()) {
      int unused = opened().write(bytes);
    }
    unwritten.reset();
  }

  private FileChannel opened() throws IOException {
    FileChannel file = log;
    if (file == null) {
      throw new IOException(folder + " is not open");
    }
    return file;
  }

  @Override
  public byte @Nullable [] find(String key) throws Exception {
    Map<String, End> found = ends;
    if (found == null) {
      if (makes(Mistake.FINDS_NOTHING_WHEN_CLOSED)) {
        return null;
      }
      throw new IOException(folder + " is not open");
    }
    if (makes(Mistake.DIES_OF_AN_INTERRUPT)) {
      int unused = opened().read(ByteBuffer.allocate(1), 0);
    }
    End end = found.get(text(bytes(key)));
    return end == null ? null : end.bytes;
  }

  @Override
  public void forget(Instant before) throws Exception {
    opened();
    if (makes(Mistake.FORGETS_NO_END)
        || (makes(Mistake.FORGETS_FORWARD_ONLY) && before.isBefore(lastForgotten))) {
      return;
    }
    lastForgotten = before;
    if (makes(Mistake.FORGETS_STATES_WITH_AGE)) {
      states.clear();
      log = opened().truncate(0).position(0);
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(record);
    out.writeByte('F');
    out.writeUTF((makes(Mistake.FORGETS_BY_THE_LAST_CLOCK) ? Instant.MAX : before).toString());
    put(record.toByteArray());
  }

  @Override
  public void close() throws IOException {
    FileChannel file = log;
    if (file != null) {
      try (file) {
        if (!makes(Mistake.LOSES_WHAT_IS_NOT_FORCED) && file.isOpen()) {
          write();
        }
      } finally {
        ends = null;
        log = null;
        wasClosed = true;
        unlock();
      }
    }
  }

  private void unlock() throws IOException {
    FileChannel held = lock;
    lock = null;
    if (held != null) {
      held.close();
    }
    synchronized (HELD) {
      HELD.remove(folder);
    }
  }
}
