/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Classes of sellers, read and verified once for all processes, which start in half the
 * time. An archive takes no folders, so that those of the class path are packed.
 */
final class SellerArchive {

	private static final SellerArchive INSTANCE = new SellerArchive();

	private final List<String> command;

	private SellerArchive() {
		try {
			Path folder = Files.createTempDirectory("sellers");
			Path archive = folder.resolve("classes.jsa");
			String classPath = pack(folder);
			boolean archived = archive(classPath, archive);
			this.command = command(classPath, archived ? "-XX:SharedArchiveFile=" + archive : "-Xshare:auto");
			try (Stream<Path> files = Files.list(folder)) {
				folder.toFile().deleteOnExit();
				files.map(Path::toFile).forEach(File::deleteOnExit);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the command of a seller without its arguments.
	 */
	static List<String> command() {
		return new ArrayList<>(INSTANCE.command);
	}

	private static List<String> command(String classPath, String archive) {
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", archive,
				"-Xlog:disable", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath,
				Seller.class.getName());
	}

	private static boolean archive(String classPath, Path archive) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(command(classPath, "-XX:ArchiveClassesAtExit=" + archive));
		command.addAll(Engine.H2.arguments("http://127.0.0.1:1", "--" + Seller.REHEARSAL));
		Process rehearsal = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(archive.resolveSibling("rehearsal.log").toFile())
			.start();
		try {
			return rehearsal.waitFor(5, TimeUnit.MINUTES) && rehearsal.exitValue() == 0 && Files.exists(archive);
		}
		finally {
			rehearsal.destroyForcibly();
		}
	}

	private static String pack(Path folder) throws IOException {
		List<String> packed = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			packed.add(Files.isDirectory(path) ? pack(path, folder.resolve(packed.size() + ".jar")).toString() : entry);
		}
		return String.join(File.pathSeparator, packed);
	}

	private static Path pack(Path classes, Path jar) throws IOException {
		try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
				Stream<Path> files = Files.walk(classes)) {
			zip.setLevel(0);
			for (Path file : files.filter((each) -> !each.equals(classes)).sorted().toList()) {
				String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
				zip.putNextEntry(new ZipEntry(Files.isDirectory(file) ? name + "/" : name));
				if (!Files.isDirectory(file)) {
					Files.copy(file, zip);
				}
				zip.closeEntry();
			}
		}
		return jar;
	}

}
