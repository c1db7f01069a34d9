/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import org.jctools.queues.MpscArrayQueue;

/**
 * The queues that a collector could use instead, each with a thread that takes events out. A queue
 * starts at its first use, so that its thread does not take the core from the other.
 */
final class QueuePeers implements AutoCloseable {
  private static final int CAPACITY = 1 << 16;

  private final Disruptor<Event> disruptor =
      new Disruptor<>(
          Event::new, CAPACITY, QueuePeers::daemon, ProducerType.MULTI, new YieldingWaitStrategy());
  private final MpscArrayQueue<Event> queue = new MpscArrayQueue<>(CAPACITY);
  private final RingBuffer<Event> ring = disruptor.getRingBuffer();
  private volatile boolean publishing;
  private volatile boolean offering;
  private volatile boolean stopped;
  private volatile double sum;

  /** As many fields as a slot of the collector. */
  private static final class Event {
    long a;
    long b;
    long c;
    double d;
    double e;
    long f;
    long g;

    double read() {
      return a + b + c + d + e + f + g;
    }
  }

  QueuePeers() {
    EventHandler<Event> handler = (event, sequence, end) -> sum = event.read();
    disruptor.handleEventsWith(handler);
  }

  private static Thread daemon(Runnable run) {
    Thread thread = new Thread(run);
    thread.setDaemon(true);
    return thread;
  }

  void publish(long value) {
    if (!publishing) {
      startPublishing();
    }
    long sequence = ring.next();
    fill(ring.get(sequence), value);
    ring.publish(sequence);
  }

  void offer(long value) {
    if (!offering) {
      startOffering();
    }
    Event event = new Event();
    fill(event, value);
    while (!queue.offer(event)) {
      Thread.onSpinWait();
    }
  }

  private static void fill(Event event, long value) {
    event.a = value;
    event.b = 1;
    event.c = 2;
    event.d = 3;
    event.e = 4;
    event.f = 5;
    event.g = 6;
  }

  private synchronized void startPublishing() {
    if (!publishing) {
      disruptor.start();
      publishing = true;
    }
  }

  private synchronized void startOffering() {
    if (!offering) {
      daemon(this::take).start();
      offering = true;
    }
  }

  private void take() {
    while (!stopped) {
      Event event = queue.poll();
      if (event == null) {
        Thread.onSpinWait();
      } else {
        sum = event.read();
      }
    }
  }

  @Override
  public void close() {
    stopped = true;
    disruptor.halt();
  }
}
