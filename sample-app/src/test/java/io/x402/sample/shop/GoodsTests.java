/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the handlers of the shop return once they are paid.
 */
class GoodsTests {

	private final HandlerRuns runs = new HandlerRuns();

	@Test
	void whenAskedTwiceThenTheWeatherIsTheSame() {
		WeatherController controller = new WeatherController(this.runs);
		assertThat(controller.weather("Lisbon").days()).hasSize(3).isEqualTo(controller.weather(" lisbon ").days());
		assertThat(controller.weather("Oslo").days()).isNotEqualTo(controller.weather("Lisbon").days());
		assertThat(this.runs.counts()).containsEntry("GET /weather", 4L);
	}

	@Test
	void whenDownloadedThenTheFileIsAnAttachment() {
		assertThat(new FileController(this.runs).download("lighthouse.svg")).satisfies((answer) -> {
			assertThat(answer.getHeaders().getContentDisposition().isAttachment()).isTrue();
			assertThat(answer.getHeaders().getContentDisposition().getFilename()).isEqualTo("lighthouse.svg");
			assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.parseMediaType("image/svg+xml"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "none.txt", "../application.yml", "..\\application.yml", "" })
	void whenNotInStockThenNotFound(String name) {
		assertThat(new FileController(this.runs).download(name).getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
	}

}
