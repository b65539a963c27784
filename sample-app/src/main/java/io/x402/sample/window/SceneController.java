/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import java.util.List;
import java.util.function.Consumer;

import io.x402.sample.buyer.Buyer;
import io.x402.sample.buyer.ShopPath;
import io.x402.sample.window.Scenes.Scene;
import io.x402.sample.window.Stage.Order;
import io.x402.spring.money.Networks;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;

/**
 * Plays scenes for the page, and tells each step when it happens, as a line of JSON.
 */
@RestController
final class SceneController implements DisposableBean {

	private static final int MOST = 8;

	private static final int MOST_WAITING = 32;

	private final Scenes scenes;

	private final Showcase showcase;

	private final Buyer buyer;

	private final Networks networks;

	private final Environment environment;

	private final Scheduler scheduler = Schedulers.newBoundedElastic(MOST, MOST_WAITING, "scene");

	SceneController(Scenes scenes, Showcase showcase, Buyer buyer, Networks networks, Environment environment) {
		this.scenes = scenes;
		this.showcase = showcase;
		this.buyer = buyer;
		this.networks = networks;
		this.environment = environment;
	}

	@GetMapping("/scenes")
	List<Item> scenes() {
		return this.scenes.all()
			.stream()
			.map((scene) -> new Item(scene.name(), scene.title(), scene.about(), scene.path(),
					this.scenes.obstacle(scene)))
			.toList();
	}

	@PostMapping(path = "/scenes/{name}", produces = MediaType.APPLICATION_NDJSON_VALUE)
	Flux<Step> play(@PathVariable String name) {
		Scene scene = this.scenes.find(name);
		if (scene == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND);
		}
		if (this.scenes.obstacle(scene) != null) {
			throw new ResponseStatusException(HttpStatus.CONFLICT);
		}
		return play(scene.play());
	}

	@PostMapping(path = "/scenes/buy", produces = MediaType.APPLICATION_NDJSON_VALUE)
	Flux<Step> buy(@RequestParam ShopPath path, @RequestParam(required = false) @Nullable String body) {
		HttpMethod method = (body != null) ? HttpMethod.POST : HttpMethod.GET;
		return play((stage) -> this.scenes.buy(stage, new Order(method, path.value(), body)));
	}

	private Flux<Step> play(Consumer<Stage> scene) {
		RestClient shop = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory())
			.baseUrl("http://127.0.0.1:" + this.environment.getRequiredProperty("local.server.port"))
			.build();
		return Flux.<Step>create((audience) -> {
			scene.accept(new Stage(shop, this.networks, this.showcase, this.buyer, audience::next));
			audience.complete();
		}).subscribeOn(this.scheduler, false);
	}

	@Override
	public void destroy() {
		this.scheduler.dispose();
	}

	/**
	 * A scene.
	 *
	 * @param name its name
	 * @param title what the button says
	 * @param about what happens
	 * @param path what is bought in it
	 * @param obstacle why it cannot be played, or {@code null}
	 */
	record Item(String name, String title, String about, String path, @Nullable String obstacle) {

	}

}
