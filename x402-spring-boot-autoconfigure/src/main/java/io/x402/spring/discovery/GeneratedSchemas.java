/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.lang.reflect.Type;
import java.util.Map;

import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Schemas by the generator of victools, with the annotations of Jackson and, if they are
 * on the class path, of Bean Validation. Not thread-safe, hence synchronized.
 */
final class GeneratedSchemas implements TypeSchemas {

	private static final Log logger = LogFactory.getLog(GeneratedSchemas.class);

	private final JsonMapper mapper = new JsonMapper();

	/** Nothing needs it before the first unpaid request. */
	private final SingletonSupplier<SchemaGenerator> generator = SingletonSupplier.of(GeneratedSchemas::generator);

	private static SchemaGenerator generator() {
		SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(Option.STANDARD_FORMATS, Option.FLATTENED_OPTIONALS)
			.without(Option.SCHEMA_VERSION_INDICATOR)
			.with(new JacksonSchemaModule(JacksonOption.RESPECT_JSONPROPERTY_REQUIRED,
					JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE, JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY));
		if (isValidationPresent()) {
			ValidationConstraints.addTo(config);
		}
		config.forFields().withInstanceAttributeOverride((schema, field, context) -> addExample(schema, field));
		return new SchemaGenerator(config.build());
	}

	/**
	 * The schemas of other types may be somewhere else, which a member beside them would
	 * hide.
	 */
	private static void addExample(ObjectNode schema, FieldScope field) {
		Class<?> type = field.getRawMember().getType();
		String example = (BeanUtils.isSimpleValueType(type) && !type.isEnum()) ? GivenExample.of(field.getRawMember())
				: null;
		if (example != null) {
			schema.putArray(GivenExample.KEYWORD).add(example);
		}
	}

	private static boolean isValidationPresent() {
		ClassLoader loader = GeneratedSchemas.class.getClassLoader();
		return ClassUtils.isPresent("jakarta.validation.constraints.NotNull", loader) && ClassUtils
			.isPresent("com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule", loader);
	}

	@Override
	public synchronized @Nullable Map<String, Object> schema(Type type) {
		try {
			JsonNode generated = this.generator.obtain().generateSchema(type);
			return PlainSchema.of(this.mapper.convertValue(generated, Map.class));
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("No JSON Schema could be generated of " + type, ex);
			return null;
		}
	}

	/**
	 * Keeps the types of Bean Validation, which are optional, out of the generator.
	 */
	private static final class ValidationConstraints {

		static void addTo(SchemaGeneratorConfigBuilder config) {
			config.with(new JakartaValidationModule(JakartaValidationOption.NOT_NULLABLE_FIELD_IS_REQUIRED,
					JakartaValidationOption.NOT_NULLABLE_METHOD_IS_REQUIRED));
		}

	}

}
