/**
 * What a user asks for, as immutable records: the vocabulary that drafts produce, the store keeps
 * and backends read. Depends on nothing but the JDK. Every type is immutable and thread-safe.
 */
@NullMarked
package io.wherry.spec;

import org.jspecify.annotations.NullMarked;
