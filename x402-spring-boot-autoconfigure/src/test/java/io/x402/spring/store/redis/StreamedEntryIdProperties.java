/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import static org.assertj.core.api.Assertions.assertThat;

class StreamedEntryIdProperties {

	@Property(seed = "1")
	void idsAreReadAsTheyAreWritten(@ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long millis,
			@ForAll @LongRange(min = 0, max = 999_999_999_999L) long sequence,
			@ForAll @IntRange(min = 0, max = 15) int partition) {
		StreamedEntry.Id id = new StreamedEntry.Id(millis, sequence, RedisPartition.ALL.get(partition));
		assertThat(StreamedEntry.Id.parse(id.toString())).isEqualTo(id);
	}

	@Property(seed = "1")
	void whatComesNextIsWhatSortsLater(@ForAll @LongRange(min = 0, max = 3) long millis,
			@ForAll @LongRange(min = 0, max = 12) long sequence, @ForAll @IntRange(min = 0, max = 15) int partition,
			@ForAll @LongRange(min = 0, max = 3) long otherMillis,
			@ForAll @LongRange(min = 0, max = 12) long otherSequence,
			@ForAll @IntRange(min = 0, max = 15) int otherPartition) {
		StreamedEntry.Id id = new StreamedEntry.Id(millis, sequence, RedisPartition.ALL.get(partition));
		StreamedEntry.Id other = new StreamedEntry.Id(otherMillis, otherSequence,
				RedisPartition.ALL.get(otherPartition));
		StreamedEntry.Id next = StreamedEntry.Id.of(other.partition(), id.next(other.partition()));
		assertThat(next.toString().compareTo(other.toString()) <= 0)
			.isEqualTo(other.toString().compareTo(id.toString()) > 0);
	}

}
