/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The right to write a store. Ends with the process, however it ends. */
public final class OwnerLock implements AutoCloseable {
  /*
   * A lock of the operating system on FILE.lock, which holds the name of its owner. On POSIX such
   * a lock belongs to the process: closing ANY other channel on the same file gives it away. So a
   * second owner within this process must not even open the file; it finds the entry in the system
   * properties first, which all class loaders share. Nobody deletes FILE.lock: a process that has
   * opened the deleted file could lock it beside the owner of the new one.
   *
   * The lock is on the last possible byte, because on Windows a locked byte cannot be read.
   */
  private static final String ENTRY = "dev.arbiter.sqlite.owner:";
  private static final long PLACE = Long.MAX_VALUE - 1;
  private static final int LONGEST_NAME = 300;

  private final String entry;
  private final FileChannel channel;

  private OwnerLock(String entry, FileChannel channel) {
    this.entry = entry;
    this.channel = channel;
  }

  /**
   * Takes a store for this process.
   *
   * @param file the file of the store, as a real path
   * @throws IllegalStateException if it has an owner; the message names it
   */
  @SuppressWarnings("MustBeClosed") // the lock is held until close
  public static OwnerLock take(Path file) {
    String entry = ENTRY + file;
    Object here = System.getProperties().putIfAbsent(entry, name());
    if (here != null) {
      throw owned(file, here + ", which is this process", "close its arbiter first");
    }
    FileChannel opened = null;
    try {
      opened = FileChannel.open(lockFile(file), CREATE, READ, WRITE);
      if (opened.tryLock(PLACE, 1, false) == null) {
        throw owned(file, owner(opened), "end that process, or give each arbiter its own file");
      }
      opened.truncate(0);
      opened.write(ByteBuffer.wrap(name().getBytes(UTF_8)), 0);
      return new OwnerLock(entry, opened);
    } catch (IOException e) {
      giveBack(entry, opened);
      throw new IllegalStateException(
          "the lock "
              + lockFile(file)
              + " cannot be taken: "
              + e
              + "; let this user write files in that folder",
          e);
    } catch (RuntimeException e) {
      giveBack(entry, opened);
      throw e;
    }
  }

  private static Path lockFile(Path file) {
    return file.resolveSibling(file.getFileName() + ".lock");
  }

  private static IllegalStateException owned(Path file, String owner, String next) {
    return new IllegalStateException("the store " + file + " is owned by " + owner + "; " + next);
  }

  private static String owner(FileChannel locked) throws IOException {
    ByteBuffer name = ByteBuffer.allocate(LONGEST_NAME);
    locked.read(name, 0);
    return name.position() == 0 ? "another process" : UTF_8.decode(name.flip()).toString();
  }

  private static String name() {
    return "process " + ProcessHandle.current().pid() + " on " + host();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a host without a name";
    }
  }

  @Override
  public void close() {
    giveBack(entry, channel);
  }

  /* The channel first: the entry guards it. */
  private static void giveBack(String entry, @Nullable FileChannel opened) {
    try {
      if (opened != null) {
        opened.close();
      }
    } catch (IOException e) {
      // the lock ends with the channel, whatever closing it says
    } finally {
      System.getProperties().remove(entry);
    }
  }
}
