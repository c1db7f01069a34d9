/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file that is appended to and forced to disk.
 *
 * <p>Interrupts do not reach it: a thread with its interrupt flag set writes as any other, and no
 * interrupt closes the file. Symbolic links and what is no regular file are refused. One writer at
 * a time; {@link #force} may run beside it.
 */
public final class DurableFile implements Closeable {
  /*
   * A FileChannel closes for good when a thread is interrupted in it, and an agent decides when that
   * is. RandomAccessFile has no such rule.
   *
   * POSIX gives up the locks of a process on a file when the process closes any descriptor of that
   * file. So a lock is taken on a file that nothing reads, and a second opening of a file that this
   * process has locked stays open, and reachable: the JDK closes what is garbage. LOCKED has the real
   * paths, each with its second openings, and guards itself and isSecond.
   */
  private static final Map<Path, List<DurableFile>> LOCKED = new HashMap<>();

  /* Of files that another copy of this class has locked, and nobody says until when. */
  private static final Set<DurableFile> OPEN_FOR_EVER = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final RandomAccessFile file;
  private volatile boolean closed;
  private @Nullable Path locked;
  private boolean isSecond;

  private DurableFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens a file to append to it; makes it if it is not there.
   *
   * @param path of a regular file, or of nothing yet
   * @return the file, not locked
   * @throws IOException if it is a link or no regular file, or cannot be opened
   */
  public static DurableFile open(Path path) throws IOException {
    boolean fresh = !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    if (fresh) {
      Files.createFile(path);
    } else {
      requireRegular(path);
    }
    DurableFile opened = new DurableFile(path, new RandomAccessFile(path.toFile(), "rw"));
    try {
      if (fresh) {
        forceFolder(path);
      }
      opened.file.seek(opened.file.length());
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Opens a file and claims it. Nothing should read the file while it is claimed: use an empty one
   * beside the file that is meant.
   *
   * @param path of a regular file, or of nothing yet
   * @return the file, which gives up its claim when it is closed; null when it is taken
   * @throws IOException if it is a link or no regular file, or cannot be opened
   */
  public static @Nullable DurableFile claim(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && isLocked(path.toRealPath())) {
      return null;
    }
    DurableFile claimed = open(path);
    if (claimed.lock()) {
      return claimed;
    }
    claimed.close();
    return null;
  }

  private static boolean isLocked(Path real) {
    synchronized (LOCKED) {
      return LOCKED.containsKey(real);
    }
  }

  private static void requireRegular(Path path) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is a link or no regular file; put a regular file there");
    }
  }

  /**
   * Opens a file to read it from its start.
   *
   * @param path of a regular file, or a link to one, as secrets and settings are mounted
   * @return a stream that interrupts do not reach
   * @throws IOException if it is no regular file, such as a pipe that would never end, or cannot be
   *     opened
   */
  public static InputStream read(Path path) throws IOException {
    Path real = path.toRealPath();
    requireRegular(real);
    return new FileInputStream(real.toFile());
  }

  /**
   * Puts bytes where a file is, or nothing: after a crash the file has the old bytes or the new
   * ones, whole.
   *
   * @param path the file
   * @param bytes all of it
   * @throws IOException if they cannot be written; then the file is as it was
   */
  public static void replace(Path path, byte[] bytes) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    if (!Files.isDirectory(fresh, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(fresh); // a link too, and not what it points to
    }
    try {
      try (DurableFile out = open(fresh)) {
        out.append(bytes, 0, bytes.length);
        out.force();
      }
      move(fresh, path);
    } catch (IOException e) {
      if (Files.isRegularFile(fresh, LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(fresh);
      }
      throw e;
    }
  }

  /**
   * Renames a file over another, as one step where the system can.
   *
   * @param from a file that was forced
   * @param to in the same folder
   * @throws IOException if it cannot be renamed
   */
  public static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
    forceFolder(to);
  }

  /**
   * Makes a new or changed name in a folder last. A system that cannot open a folder needs no such
   * help.
   *
   * @param path a file in the folder
   * @throws IOException if it is not certain
   */
  public static void forceFolder(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    boolean interrupted = false; // only a channel opens a folder, and interrupts close channels
    try {
      while (!isForced(folder)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isForced(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  /**
   * Claims the file, so that no other process or part of this one appends to it.
   *
   * @return false when it is taken
   * @throws IOException if the system cannot lock
   */
  public boolean lock() throws IOException {
    if (locked != null) {
      return true;
    }
    Path real = path.toRealPath();
    synchronized (LOCKED) {
      List<DurableFile> seconds = LOCKED.putIfAbsent(real, new ArrayList<>());
      if (seconds != null) {
        seconds.add(this); // another part of this process has it: as when another process does
        isSecond = true;
        return false;
      }
    }
    boolean taken = false;
    try {
      taken = file.getChannel().tryLock() != null;
    } catch (OverlappingFileLockException e) {
      OPEN_FOR_EVER.add(this);
      synchronized (LOCKED) {
        isSecond = true;
      }
    } finally {
      if (taken) {
        locked = real;
      } else {
        release(real);
      }
    }
    return taken;
  }

  /**
   * Writes at the end.
   *
   * @param bytes holds what is written
   * @param from where it starts
   * @param length how many bytes
   * @throws IOException if not all could be written
   */
  public void append(byte[] bytes, int from, int length) throws IOException {
    requireOpen();
    file.write(bytes, from, length);
  }

  /**
   * Reads bytes; appending goes on at the end.
   *
   * @param position where to start
   * @param into takes them
   * @return how many were read, fewer than asked for at the end of the file
   * @throws IOException if they cannot be read
   */
  public int read(long position, byte[] into) throws IOException {
    requireOpen();
    int count = 0;
    file.seek(position);
    while (count < into.length) {
      int read = file.read(into, count, into.length - count);
      if (read < 0) {
        break;
      }
      count += read;
    }
    file.seek(file.length());
    return count;
  }

  /**
   * Waits until what was appended is on the disk.
   *
   * @throws IOException if that is not certain
   */
  public void force() throws IOException {
    requireOpen();
    file.getFD().sync();
  }

  /**
   * How long the file is.
   *
   * @return bytes
   * @throws IOException if the system does not say
   */
  public long size() throws IOException {
    return file.length();
  }

  /**
   * Cuts the file; appending goes on at its new end.
   *
   * @param size bytes that stay
   * @throws IOException if it cannot be cut
   */
  public void truncate(long size) throws IOException {
    requireOpen();
    file.setLength(size);
    file.seek(size);
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException(path + " is closed; open it again");
    }
  }

  /**
   * Tells whether the file was closed.
   *
   * @return true once {@link #close} was called
   */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    synchronized (LOCKED) {
      if (isSecond) {
        return; // closing it would give up the other's lock
      }
    }
    file.close();
    Path held = locked;
    if (held != null) {
      locked = null;
      release(held);
    }
  }

  /* The lock is given up, so the second openings are files like any other. */
  private static void release(Path real) throws IOException {
    synchronized (LOCKED) {
      for (DurableFile second : Objects.requireNonNull(LOCKED.remove(real))) {
        second.isSecond = false;
        if (second.closed) {
          second.file.close();
        }
      }
    }
  }
}
