// Rewrites the build.gradle of docs/getting-started.md for Gradle 4, the one that Debian has: node .ci/gradle-4.mjs DIR
// It knows neither the plugin of Spring Boot nor platforms, records and JUnit 5, but reads the same coordinates and POMs. Tasks: checked, classPath
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(process.argv[2], 'build.gradle');
const build = readFileSync(file, 'utf8');
const boot = build.match(/id\("org\.springframework\.boot"\) version "(.*)"/)[1];
const dependencies = build.match(/^dependencies \{\n[\s\S]*?^}\n/m)[0]
  .replace(/^.*platform\(.*\n/m, '')
  .replace(/("org\.springframework\.boot:[^":]+)"/g, `$1:${boot}"`)
  .replace('"org.junit.platform:junit-platform-launcher"', '"org.junit.platform:junit-platform-console:6.0.3"');
const repositories = build.match(/^repositories \{\n[\s\S]*?^}\n/m)[0];
if (!dependencies.includes('io.x402.spring')) throw new Error('build.gradle of docs/getting-started.md has no dependency on x402');

writeFileSync(file, `plugins {
    id("java")
}

${repositories}
${dependencies}
task compiled(dependsOn: "processResources") {
    doLast {
        ["main", "test"].each { name ->
            def set = sourceSets[name]
            def classes = set.output.classesDirs.singleFile
            classes.mkdirs()
            ant.javac(destdir: classes, release: 17, includeantruntime: false, classpath: set.compileClasspath.asPath) {
                set.java.srcDirs.each { src(path: it) }
                compilerarg(value: "-parameters")
            }
        }
    }
}

task checked(type: Exec, dependsOn: compiled) {
    commandLine("\${System.getProperty("java.home")}/bin/java", "-cp", sourceSets.test.runtimeClasspath.asPath,
            "org.junit.platform.console.ConsoleLauncher", "execute", "--scan-class-path",
            sourceSets.test.output.classesDirs.singleFile, "--disable-banner", "--disable-ansi-colors", "--fail-if-no-tests")
}

task classPath(dependsOn: compiled) {
    doLast {
        file("\$buildDir/class-path.txt").text = sourceSets.main.runtimeClasspath.asPath
    }
}
`);
