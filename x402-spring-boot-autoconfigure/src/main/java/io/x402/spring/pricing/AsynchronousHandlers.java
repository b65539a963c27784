package io.x402.spring.pricing;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Handler methods that answer on another thread than the one they are called on.
 */
final class AsynchronousHandlers {

	private static final List<Class<?>> TYPES = List.of(Callable.class, CompletionStage.class, DeferredResult.class,
			WebAsyncTask.class, ResponseBodyEmitter.class, StreamingResponseBody.class);

	private AsynchronousHandlers() {
	}

	static boolean isOne(Method method) {
		ResolvableType type = ResolvableType.forMethodReturnType(method);
		return isAsynchronous(type.toClass())
				|| (HttpEntity.class.isAssignableFrom(type.toClass()) && isAsynchronous(type.getGeneric(0).toClass()));
	}

	private static boolean isAsynchronous(Class<?> type) {
		return TYPES.stream().anyMatch((asynchronous) -> asynchronous.isAssignableFrom(type))
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
	}

}
