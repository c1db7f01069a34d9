/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The lines of a content. A line ends with a line feed, a carriage return, or both. Looks at the
 * bytes where they are, and copies none.
 */
final class ContentLines {
  private static final int KIB = 1024;
  private static final byte[] LONE_RETURN = {'\r', '\r', '\n'};

  private final byte[] content;
  private final long count;
  private final long loneReturns;
  private final boolean binary;
  private final boolean hasLong;

  ContentLines(byte[] content) {
    this.content = content;
    long ends = 0;
    long lone = 0;
    boolean zero = false;
    int start = 0;
    int longest = 0;
    for (int at = 0; at < content.length; at++) {
      byte b = content[at];
      zero |= b == 0;
      if (isLoneReturn(at)) {
        lone++;
      }
      if (endsAt(at)) {
        ends++;
        longest = Math.max(longest, at - start);
        start = at + 1;
      }
    }
    longest = Math.max(longest, content.length - start);
    boolean open = content.length > 0 && !endsAt(content.length - 1);
    this.count = ends + (open ? 1 : 0);
    this.loneReturns = lone;
    this.binary = zero || content.length > (ends + 1) * KIB;
    this.hasLong = LongLines.isLong(longest);
  }

  /** How many there are; the last needs no end. */
  long count() {
    return count;
  }

  /** Whether it has a zero byte, or lines of more than a KiB on average. */
  boolean isBinary() {
    return binary;
  }

  /** Its lines of more than a KiB. */
  LongLines longLines() {
    LongLines found = new LongLines();
    int from = 0;
    while (hasLong && from < content.length) {
      int next = endOfLine(from);
      int end = next;
      while (end > from && (content[end - 1] == '\n' || content[end - 1] == '\r')) {
        end--;
      }
      found.add(content, from, end);
      from = next;
    }
    return found;
  }

  /** Its size in started KiB. */
  long kibs() {
    return (content.length + KIB - 1L) / KIB;
  }

  byte[] content() {
    return content;
  }

  /** Behind the line that begins at a place. */
  int endOfLine(int from) {
    for (int at = from; at < content.length; at++) {
      if (endsAt(at)) {
        return at + 1;
      }
    }
    return content.length;
  }

  /** Where the line begins that ends before a place. */
  int startOfLine(int end) {
    int at = end - 1;
    while (at > 0 && !endsAt(at - 1)) {
      at--;
    }
    return at;
  }

  private boolean endsAt(int at) {
    return content[at] == '\n' || isLoneReturn(at);
  }

  private boolean isLoneReturn(int at) {
    return content[at] == '\r' && (at + 1 == content.length || content[at + 1] != '\n');
  }

  /** A name for the content. */
  String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Writes the content for Git, which knows line feeds only: a lone carriage return gets one, and a
   * second return so that it equals no CRLF.
   */
  void writeBlob(int mark, OutputStream to) throws IOException {
    long length = content.length + 2 * loneReturns;
    ScratchRepository.line(to, "blob\nmark :" + mark + "\ndata " + length);
    int written = 0;
    for (int at = 0; loneReturns > 0 && at < content.length; at++) {
      if (isLoneReturn(at)) {
        to.write(content, written, at - written);
        to.write(LONE_RETURN);
        written = at + 1;
      }
    }
    to.write(content, written, content.length - written);
    to.write('\n');
  }
}
