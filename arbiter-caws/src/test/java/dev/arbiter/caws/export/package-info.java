/* SPDX-License-Identifier: Apache-2.0 */

/** What leaves for programs in other languages is checked byte for byte, and by those programs. */
@NullMarked
package dev.arbiter.caws.export;

import org.jspecify.annotations.NullMarked;
