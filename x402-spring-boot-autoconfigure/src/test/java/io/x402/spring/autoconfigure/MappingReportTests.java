package io.x402.spring.autoconfigure;

import io.x402.spring.web.PaymentRequired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The log of the start tells what is paid and what is free.
 */
@ExtendWith(OutputCaptureExtension.class)
class MappingReportTests {

	@Test
	void everyMappingIsListed(CapturedOutput output) {
		Startup.with(Shop.class)
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=/files/**", "x402.routes[0].price=0.02")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("4 paid and 2 free mappings")
			.containsPattern("paid .*GET \\[/paid].* — 0.01 on Base Sepolia")
			.containsPattern("paid /files/\\*\\* \\(route\\) — 0.02 on Base Sepolia")
			.containsPattern("free .*GET \\[/free]")
			.containsPattern("free .*GET \\[/unpriced]");
	}

	@Test
	void whenPaidHandlerStreamsThenUpfrontIsSuggested(CapturedOutput output) {
		Startup.with(Shop.class).withPropertyValues(Startup.PAY_TO).run((context) -> {
		});
		assertThat(output).containsPattern("/events].*consider flow = UPFRONT")
			.containsPattern("/flux].*consider flow = UPFRONT")
			.doesNotContainPattern("/paid].*consider flow");
	}

	@RestController
	static class Shop {

		@PaymentRequired(price = "0.01")
		@GetMapping("/paid")
		String paid() {
			return "";
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/events")
		SseEmitter events() {
			return new SseEmitter();
		}

		@PaymentRequired(price = "0.01")
		@GetMapping("/flux")
		Flux<String> flux() {
			return Flux.empty();
		}

		@PaymentRequired(price = "free")
		@GetMapping("/free")
		String free() {
			return "";
		}

		@GetMapping("/unpriced")
		String unpriced() {
			return "";
		}

	}

}
