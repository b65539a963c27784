/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sells the weather, which is made up from the name of the city. The simplest case: a
 * price on a method.
 */
@RestController
final class WeatherController {

	private static final List<String> SKIES = List.of("sunny", "fair", "cloudy", "showers", "rain", "fog", "windy");

	private final HandlerRuns runs;

	WeatherController(HandlerRuns runs) {
		this.runs = runs;
	}

	@PaymentRequired(price = "$0.05", description = "Three days of weather for any city",
			mimeType = MediaType.APPLICATION_JSON_VALUE)
	@GetMapping("/weather")
	Forecast weather(@RequestParam(defaultValue = "Lisbon") String city) {
		Random random = new Random(city.strip().toLowerCase(Locale.ROOT).hashCode());
		List<Day> days = Stream.of("today", "tomorrow", "the day after").map((day) -> day(day, random)).toList();
		return new Forecast(city, days, this.runs.served("GET /weather"));
	}

	private static Day day(String name, Random random) {
		int low = 2 + random.nextInt(16);
		return new Day(name, SKIES.get(random.nextInt(SKIES.size())), low, low + 3 + random.nextInt(9));
	}

	record Forecast(String city, List<Day> days, String source) {

	}

	record Day(String day, String sky, int lowCelsius, int highCelsius) {

	}

}
