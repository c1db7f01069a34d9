/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.lang.reflect.Method;

/**
 * Counts what a thread allocates. By reflection: the module under test does not read management.
 */
public final class Work {
  public static final long MEBI = 1 << 20;

  private Work() {}

  /** Bytes this thread has allocated so far. */
  public static long allocated() {
    try {
      Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
      Object threads = factory.getMethod("getThreadMXBean").invoke(null);
      Method allocated =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getThreadAllocatedBytes", long.class);
      return (long) allocated.invoke(threads, Thread.currentThread().getId());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this Java platform does not count allocations", e);
    }
  }
}
