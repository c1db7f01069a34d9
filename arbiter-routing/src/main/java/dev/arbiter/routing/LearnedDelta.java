/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What one router learned between two calls of {@link BanditRouter#delta}, for others to add.
 *
 * <p>Deltas may be added in any order; one that comes twice counts once.
 *
 * @param node who learned it
 * @param epoch tells a node from itself before a restart
 * @param sequence counts a node's deltas within an epoch, from 1
 * @param change the sums it adds; negative where more was forgotten than learned
 */
public record LearnedDelta(String node, long epoch, long sequence, LearnedState change) {

  /**
   * Reads a delta.
   *
   * @param in where {@link #writeTo} wrote it; not closed
   * @return the delta
   * @throws IOException if it cannot be read, was changed, or is of another version
   */
  public static LearnedDelta read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    String node = data.readUTF();
    long epoch = data.readLong();
    long sequence = data.readLong();
    return new LearnedDelta(node, epoch, sequence, LearnedState.read(in));
  }

  /**
   * Writes the delta.
   *
   * @param out where to; not closed
   * @throws IOException if it cannot be written
   */
  public void writeTo(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeUTF(node);
    data.writeLong(epoch);
    data.writeLong(sequence);
    change.writeTo(out);
  }
}
