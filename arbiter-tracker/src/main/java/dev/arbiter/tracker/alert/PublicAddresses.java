/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/** Tells public network addresses from private ones. */
final class PublicAddresses {
  /*
   * Refused are the special-purpose blocks of RFC 6890 and its updates that are not globally
   * reachable, multicast, and IPv6 forms that carry a refused IPv4 address: mapped, compatible,
   * NAT64 (RFC 6052) and 6to4 (RFC 3056). Teredo (RFC 4380) is always refused.
   */
  private static final int[][] REFUSED_V4 = {
    {0, 8},
    {10 << 24, 8},
    {100 << 24 | 64 << 16, 10},
    {127 << 24, 8},
    {169 << 24 | 254 << 16, 16},
    {172 << 24 | 16 << 16, 12},
    {192 << 24, 24},
    {192 << 24 | 2 << 8, 24},
    {192 << 24 | 88 << 16 | 99 << 8, 24},
    {192 << 24 | 168 << 16, 16},
    {198 << 24 | 18 << 16, 15},
    {198 << 24 | 51 << 16 | 100 << 8, 24},
    {203 << 24 | 113 << 8, 24},
    {224 << 24, 3},
  };

  private PublicAddresses() {}

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address ? isPublicV4(word(bytes, 0)) : isPublicV6(bytes);
  }

  private static boolean isPublicV4(int address) {
    for (int[] block : REFUSED_V4) {
      int mask = -1 << (32 - block[1]);
      if ((address & mask) == (block[0] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPublicV6(byte[] bytes) {
    int first = word(bytes, 0) >>> 16;
    int second = word(bytes, 0) & 0xffff;
    if (allZero(bytes, 10) && (word(bytes, 8) == 0 || word(bytes, 8) == 0xffff)) {
      return isPublicV4(word(bytes, 12));
    }
    if (first == 0x64 && second == 0xff9b) {
      return allZero(Arrays.copyOfRange(bytes, 4, 12), 8) && isPublicV4(word(bytes, 12));
    }
    if (first == 0x2002) {
      return isPublicV4(word(bytes, 2));
    }
    boolean special = first == 0x2001 && (second < 0x200 || second == 0xdb8);
    return first >>> 13 == 1 && !special;
  }

  private static boolean allZero(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int word(byte[] bytes, int from) {
    return (bytes[from] & 0xff) << 24
        | (bytes[from + 1] & 0xff) << 16
        | (bytes[from + 2] & 0xff) << 8
        | (bytes[from + 3] & 0xff);
  }
}
