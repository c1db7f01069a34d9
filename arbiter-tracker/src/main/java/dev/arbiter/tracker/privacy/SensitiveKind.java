/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.Locale;

/** What a {@link Scrubber} finds. */
public enum SensitiveKind {
  /** A private key in PEM or age form, to its end. */
  PRIVATE_KEY,
  /** A token whose form gives away who issued it, a JSON web token, a key of a cloud. */
  ACCESS_TOKEN,
  /** What is assigned to a name such as password, or stands in a header or address as one. */
  CREDENTIAL,
  /** A long mix of letters and digits that no word has: a key of unknown kind, or a digest. */
  OPAQUE,
  /** An e-mail address. */
  EMAIL,
  /** A telephone number, international or in a common national form. */
  PHONE,
  /** A payment card number: 13 to 19 digits with a right check digit (ISO/IEC 7812-1). */
  CARD,
  /** A bank account number with right check digits (ISO 13616). */
  IBAN,
  /** A United States social security number. */
  SSN,
  /** An IPv4 or IPv6 address. */
  IP_ADDRESS,
  /** The address of a network card. */
  MAC_ADDRESS,
  /** A user's name in a path to a home folder. */
  USER_NAME;

  private final String placeholder = "[" + name().toLowerCase(Locale.ROOT).replace('_', '-') + "]";

  /** What stands in its place. */
  String placeholder() {
    return placeholder;
  }
}
