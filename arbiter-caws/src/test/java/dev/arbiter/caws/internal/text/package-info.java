/* SPDX-License-Identifier: Apache-2.0 */

@NullMarked
package dev.arbiter.caws.internal.text;

import org.jspecify.annotations.NullMarked;
