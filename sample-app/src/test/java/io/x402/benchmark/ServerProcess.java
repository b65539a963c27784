/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in a process of its own, which ends with its standard input.
 */
final class ServerProcess implements AutoCloseable {

	/** Linux counts CPU time in hundredths of a second. */
	private static final double MICROS_PER_TICK = 10_000;

	private static final String PORT = "port ";

	private static final Pattern TOTAL = Pattern.compile("Total +\\d+ +(\\d+)");

	private final Process process;

	private final int port;

	/** Whether the end of its standard input does not end it. */
	private final boolean readsNothing;

	private ServerProcess(Process process, int port, boolean readsNothing) {
		this.process = process;
		this.port = port;
		this.readsNothing = readsNothing;
	}

	/**
	 * Start a server.
	 * @param java the Java to run it on
	 * @param options options of the JVM
	 * @param main class that prints its port
	 * @param arguments arguments of the class
	 */
	static ServerProcess start(String java, List<String> options, Class<?> main, List<String> arguments)
			throws IOException {
		List<String> program = new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		program.addAll(arguments);
		return start(java, options, program, Pattern.compile("^port (\\d+)$"));
	}

	/**
	 * Start a packaged application.
	 * @param java the Java to run it on
	 * @param jar its jar, which logs the port of Tomcat
	 * @param arguments its arguments
	 */
	static ServerProcess start(String java, Path jar, List<String> arguments) throws IOException {
		List<String> program = new ArrayList<>(List.of("-jar", jar.toString(), "--server.port=0",
				"--server.tomcat.max-keep-alive-requests=-1", "--logging.level.org.springframework.boot.tomcat=info"));
		program.addAll(arguments);
		return start(java, List.of(), program, Pattern.compile("Tomcat started on port (\\d+)"));
	}

	private static ServerProcess start(String java, List<String> options, List<String> program, Pattern port)
			throws IOException {
		List<String> command = new ArrayList<>(List.of(java, "-Xmx1g"));
		command.addAll(options);
		command.addAll(program);
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		BufferedReader out = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		for (String line = out.readLine(); line != null; line = out.readLine()) {
			Matcher found = port.matcher(line);
			if (found.find()) {
				copy(out);
				return new ServerProcess(process, Integer.parseInt(found.group(1)), program.contains("-jar"));
			}
			System.err.println(line);
		}
		process.destroy();
		throw new IOException(String.join(" ", program) + " did not start");
	}

	/**
	 * Copy what a server logs from now on, because one that nobody reads stands still.
	 */
	private static void copy(BufferedReader out) {
		Thread thread = new Thread(() -> {
			try {
				out.lines().forEach(System.err::println);
			}
			catch (UncheckedIOException ex) {
				// The server has ended
			}
		}, "server-output");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Say that this process serves, and end with the standard input.
	 */
	static void serve(int port) throws IOException {
		System.out.println(PORT + port);
		while (System.in.read() >= 0) {
			// Nothing is said to it
		}
		System.exit(0);
	}

	int port() {
		return this.port;
	}

	/**
	 * Return the CPU time of the process so far, in microseconds.
	 */
	double cpu() throws IOException {
		String stat = Files.readString(Path.of("/proc/" + this.process.pid() + "/stat"));
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
	}

	/**
	 * Return the CPU time so far of threads of the process, in microseconds.
	 * @param threads begin of their names, of which Linux shows 15 characters
	 */
	double cpu(String threads) throws IOException {
		double nanos = 0;
		try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + this.process.pid() + "/task"))) {
			for (Path task : tasks) {
				if (Files.readString(task.resolve("comm")).startsWith(threads)) {
					nanos += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
				}
			}
		}
		return nanos / 1000;
	}

	/**
	 * Return the live memory of the heap after a full collection, in bytes.
	 * @param java the Java that it runs on
	 */
	long liveHeap(String java) throws IOException {
		Matcher total = TOTAL.matcher(histogram(java));
		if (!total.find()) {
			throw new IOException("No histogram");
		}
		return Long.parseLong(total.group(1));
	}

	/**
	 * Return the classes of a package that have live objects.
	 * @param java the Java that it runs on
	 * @param name name of the package
	 */
	Set<String> liveClasses(String java, String name) throws IOException {
		Set<String> classes = new TreeSet<>();
		Matcher found = Pattern.compile(" " + Pattern.quote(name) + "\\.(\\w+)$", Pattern.MULTILINE)
			.matcher(histogram(java));
		while (found.find()) {
			classes.add(found.group(1));
		}
		return classes;
	}

	private String histogram(String java) throws IOException {
		Process jcmd = new ProcessBuilder(Path.of(java).resolveSibling("jcmd").toString(),
				Long.toString(this.process.pid()), "GC.class_histogram")
			.redirectErrorStream(true)
			.start();
		return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws IOException {
		this.process.getOutputStream().close();
		if (this.readsNothing) {
			this.process.destroy();
		}
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
