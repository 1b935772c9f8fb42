// Required bindings of R4, from HL7's own value sets: @medplum/core checks structure and invariants, not codes.

function concepts(list, into) {
  for (const concept of list ?? []) {
    into.push(concept);
    concepts(concept.concept, into);
  }
  return into;
}

function parentsOf(concept) {
  return (concept.property ?? []).filter((p) => p.code === 'subsumedBy').map((p) => p.valueCode);
}

// Every code below `root`: nested concepts, and the subsumedBy properties of the v3 code systems.
function descendants(system, root) {
  const found = new Set([root]);
  const all = concepts(system.concept, []);
  const nested = all.find((concept) => concept.code === root);
  concepts(nested?.concept, []).forEach((concept) => found.add(concept.code));
  for (let grown = true; grown; ) {
    const more = all.filter((c) => !found.has(c.code) && parentsOf(c).some((parent) => found.has(parent)));
    more.forEach((concept) => found.add(concept.code));
    grown = more.length > 0;
  }
  return found;
}

class Terminology {
  constructor(bundles) {
    this.systems = new Map();
    this.valueSets = new Map();
    this.expanded = new Map();
    for (const { resource } of bundles.flatMap((bundle) => bundle.entry)) {
      (resource.resourceType === 'CodeSystem' ? this.systems : this.valueSets).set(resource.url, resource);
    }
  }

  // Map of system to codes, or undefined where the value set is open (a filter or a system that is not here).
  expand(url) {
    const key = url.split('|')[0];
    if (!this.expanded.has(key)) {
      this.expanded.set(key, undefined);
      this.expanded.set(key, this.compute(this.valueSets.get(key)));
    }
    return this.expanded.get(key);
  }

  compute(valueSet) {
    const result = new Map();
    for (const include of valueSet?.compose?.include ?? []) {
      if (!this.include(include, result)) {
        return undefined;
      }
    }
    for (const exclude of valueSet?.compose?.exclude ?? []) {
      exclude.concept?.forEach((concept) => result.get(exclude.system)?.delete(concept.code));
    }
    return result.size ? result : undefined;
  }

  include(include, result) {
    const parts = (include.valueSet ?? []).map((url) => this.expand(url));
    if (parts.some((part) => !part)) {
      return false;
    }
    parts.forEach((part) => part.forEach((codes, system) => this.add(result, system, codes)));
    if (!include.system) {
      return true;
    }
    const codes = this.codes(include);
    if (codes) {
      this.add(result, include.system, codes);
    }
    return Boolean(codes);
  }

  codes(include) {
    if (include.concept) {
      return include.concept.map((concept) => concept.code);
    }
    const system = this.systems.get(include.system);
    if (system?.content !== 'complete') {
      return undefined;
    }
    if (!include.filter) {
      return concepts(system.concept, []).map((concept) => concept.code);
    }
    const [filter] = include.filter;
    if (include.filter.length !== 1 || !['is-a', 'descendent-of'].includes(filter.op)) {
      return undefined;
    }
    const below = descendants(system, filter.value);
    if (filter.op === 'descendent-of') {
      below.delete(filter.value);
    }
    return below;
  }

  add(result, system, codes) {
    const known = result.get(system) ?? new Set();
    codes.forEach((code) => known.add(code));
    result.set(system, known);
  }
}

export function expansions(bundles) {
  return new Terminology(bundles);
}

function anySystem(expansion, code) {
  return [...expansion.values()].some((codes) => codes.has(code));
}

function codingFits(expansion, coding) {
  return expansion.get(coding?.system)?.has(coding?.code) ?? false;
}

// A CodeableConcept fits when one coding does; without any code only text or an extension is left, which is allowed
// by no required binding but is a cardinality matter of the profile, so it is reported too.
function fits(expansion, value) {
  if (typeof value === 'string') {
    return anySystem(expansion, value);
  }
  if (value.coding) {
    return value.coding.some((coding) => codingFits(expansion, coding));
  }
  return value.system !== undefined && value.code !== undefined && codingFits(expansion, value);
}

function elementKey(element, alternative) {
  const last = element.path.split('.').at(-1);
  return last.endsWith('[x]') ? last.slice(0, -3) + alternative[0].toUpperCase() + alternative.slice(1) : last;
}

function* children(object, structurePath, definition) {
  for (const element of definition?.snapshot.element ?? []) {
    const parent = element.path.slice(0, element.path.lastIndexOf('.'));
    if (parent !== structurePath) {
      continue;
    }
    for (const type of element.type ?? []) {
      const key = elementKey(element, type.code);
      if (object[key] !== undefined) {
        const list = Array.isArray(object[key]);
        const values = list ? object[key] : [object[key]];
        for (const [index, value] of values.entries()) {
          yield { element, type: type.code, value, step: list ? `${key}[${index}]` : key };
        }
      }
    }
  }
}

function* walk(object, position, structurePath, definition, context) {
  for (const { element, type, value, step } of children(object, structurePath, definition)) {
    const path = `${position}.${step}`;
    const binding = element.binding;
    if (value && binding?.strength === 'required' && binding.valueSet) {
      const expansion = context.terminology.expand(binding.valueSet);
      if (expansion && !fits(expansion, value)) {
        yield { severity: 'error', check: 'binding', path, text: `no code of ${binding.valueSet}` };
      }
    }
    if (value && typeof value === 'object' && !value.resourceType) {
      const inline = type === 'BackboneElement' || type === 'Element';
      const next = inline ? definition : context.definitions.get(type);
      yield* walk(value, path, inline ? element.path : type, next, context);
    }
  }
}

export function bindingFindings(resource, definitions, terminology) {
  const definition = definitions.get(resource.resourceType);
  return [...walk(resource, resource.resourceType, resource.resourceType, definition, { definitions, terminology })];
}
