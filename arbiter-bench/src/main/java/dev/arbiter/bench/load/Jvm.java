/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** What this process uses. */
final class Jvm {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Jvm() {}

  /** Bytes in use after full collections. */
  static long heapUsed() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** CPU nanoseconds of this thread. */
  static long threadCpu() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** CPU nanoseconds of the whole process. */
  static long processCpu() {
    return PROCESS.getProcessCpuTime();
  }
}
