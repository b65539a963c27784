package io.x402.sample.shop;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.Price;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Lists what is for sale. The prices come from the annotations that charge them.
 */
@RestController
final class CatalogController {

	private final RequestMappingHandlerMapping mapping;

	CatalogController(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping) {
		this.mapping = mapping;
	}

	@GetMapping("/catalog")
	List<Item> catalog() {
		return this.mapping.getHandlerMethods()
			.entrySet()
			.stream()
			.flatMap((entry) -> items(entry.getKey(), entry.getValue()))
			.sorted(Comparator.comparing(Item::path))
			.toList();
	}

	private static Stream<Item> items(RequestMappingInfo request, HandlerMethod handler) {
		PaymentRequired onMethod = handler.getMethodAnnotation(PaymentRequired.class);
		PaymentRequired price = (onMethod != null) ? onMethod
				: AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), PaymentRequired.class);
		if (price == null || price.price().equals(Price.FREE)) {
			return Stream.empty();
		}
		PaymentFlow flow = (price.flow().length > 0) ? price.flow()[0] : PaymentFlow.AUTHORIZATION;
		String method = request.getMethodsCondition().getMethods().iterator().next().name();
		return request.getPatternValues()
			.stream()
			.map((path) -> new Item(method, path, text(price), price.description(), flow));
	}

	private static String text(PaymentRequired price) {
		return (price.scheme() == PaymentScheme.UPTO) ? "up to " + price.price() : price.price();
	}

	record Item(String method, String path, String price, String description, PaymentFlow flow) {

	}

}
