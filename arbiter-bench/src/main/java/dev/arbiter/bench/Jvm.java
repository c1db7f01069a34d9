/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/** What this process uses. */
public final class Jvm {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Jvm() {}

  /** {@return bytes in use after full collections} */
  public static long heapUsed() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** {@return CPU nanoseconds of this thread} */
  public static long threadCpu() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** {@return CPU nanoseconds of the whole process} */
  public static long processCpu() {
    return PROCESS.getProcessCpuTime();
  }

  /** {@return bytes that the living threads have allocated} */
  static long allocated() {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())).sum();
  }

  /** {@return machine, JDK and load of the system, in one line} */
  public static String about() {
    return String.format(
        Locale.ROOT,
        "%d CPUs (%s), JDK %s, load %.1f",
        PROCESS.getAvailableProcessors(),
        System.getProperty("os.arch"),
        System.getProperty("java.version"),
        PROCESS.getSystemLoadAverage());
  }
}
