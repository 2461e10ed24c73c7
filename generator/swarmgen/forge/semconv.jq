# The functions that Weaver gives to every filter. An options object may hold: v2,
# stable_only, exclude_stability, exclude_deprecated, exclude_root_namespace,
# ignore_code_generation_annotations.

def _identity_key: if has("name") then .name else .key end;

# "experimental" once stood for everything that is not stable.
def _unwanted_stabilities($options):
  $options.exclude_stability
  | if index("experimental")
    then . + ["development", "alpha", "beta", "release_candidate", "", null]
    else . end;

def _generated:
  .annotations == null
  or .annotations.code_generation == null
  or .annotations.code_generation.exclude == null
  or .annotations.code_generation.exclude == false;

# Keeps the items of a list, and the members of their enums, that meet a condition.
def _keep(condition):
  map(select(condition))
  | map(if .type? == null then . else .type.members? |= map(select(condition)) end);

def _wanted($options):
  if $options.stable_only then _keep(.stability == "stable") else . end
  | if ($options.exclude_stability // []) != [] then
      _unwanted_stabilities($options) as $unwanted
      | _keep(.stability as $stability | $unwanted | index($stability) | not)
    else . end
  | if $options | has("ignore_code_generation_annotations")
    then . else _keep(_generated) end
  | if $options | has("exclude_deprecated") and .exclude_deprecated == true
    then _keep(has("deprecated") | not) else . end;

def _outside($options):
  if $options | has("exclude_root_namespace") then
    map(select(.root_namespace as $namespace
      | $options.exclude_root_namespace | index($namespace) | not))
  else . end;

def _is_v2($options): $options | has("v2") and .v2 == true;

def semconv_attributes($options):
  if _is_v2($options) then
    .registry.attributes | map(. + {root_namespace: (.key | split(".")[0])})
  else
    .groups
    | map(select(.type == "attribute_group" and (.id | startswith("registry."))))
    | map(.attributes) | add // []
    | map(. + {root_namespace:
        (.name | if index(".") then split(".")[0] else "other" end)})
  end
  | _wanted($options)
  | _outside($options)
  | sort_by(.root_namespace, _identity_key);

def semconv_attributes: semconv_attributes({});

def _v2_signals($signal):
  .registry
  | if $signal == "entity" then .entities
    elif $signal == "metric" then .metrics
    elif $signal == "span" then .spans
    elif $signal == "event" then .events
    else .[] end
  | map(. + {root_namespace:
      ((if $signal == "metric" or $signal == "event" then .name
        elif $signal == "entity" or $signal == "span" then .type
        else null end) | split(".")[0])});

def _v1_signals($signal):
  .groups
  | map(select(.type ==
      if $signal | index("resource") then "entity" else $signal end))
  | map(. + {root_namespace:
      (.id | if index(".") then split(".")[1] else "other" end)});

def semconv_signal($signal; $options):
  if _is_v2($options) then _v2_signals($signal) else _v1_signals($signal) end
  | _wanted($options)
  | map(.attributes |= if . == null then . else _wanted($options) end)
  | _outside($options)
  | sort_by(.root_namespace);

def _metric_name: if has("metric_name") then .metric_name else .name end;

def semconv_metrics($options):
  semconv_signal("metric"; $options) | sort_by(_metric_name);
def semconv_spans($options): semconv_signal("span"; $options) | sort_by(.type);
def semconv_events($options): semconv_signal("event"; $options) | sort_by(.name);
def semconv_entities($options): semconv_signal("entity"; $options) | sort_by(.type);

def semconv_metrics: semconv_metrics({});
def semconv_spans: semconv_spans({});
def semconv_events: semconv_events({});
def semconv_entities: semconv_entities({});

# One object for each root namespace, with its items under the given key.
def _by_namespace($key; order):
  group_by(.root_namespace)
  | map({root_namespace: .[0].root_namespace, ($key): sort_by(order)});

def semconv_group_attributes_by_root_namespace:
  _by_namespace("attributes"; _identity_key);
def semconv_group_metrics_by_root_namespace: _by_namespace("metrics"; _metric_name);
def semconv_group_spans_by_root_namespace: _by_namespace("spans"; .type);
def semconv_group_events_by_root_namespace: _by_namespace("events"; .name);
def semconv_group_entities_by_root_namespace: _by_namespace("entities"; .type);

def semconv_grouped_attributes($options):
  semconv_attributes($options) | semconv_group_attributes_by_root_namespace;
def semconv_grouped_metrics($options):
  semconv_metrics($options) | semconv_group_metrics_by_root_namespace;
def semconv_grouped_spans($options):
  semconv_spans($options) | semconv_group_spans_by_root_namespace;
def semconv_grouped_events($options):
  semconv_events($options) | semconv_group_events_by_root_namespace;
def semconv_grouped_entities($options):
  semconv_entities($options) | semconv_group_entities_by_root_namespace;

def semconv_grouped_attributes: semconv_grouped_attributes({});
def semconv_grouped_metrics: semconv_grouped_metrics({});
def semconv_grouped_spans: semconv_grouped_spans({});
def semconv_grouped_events: semconv_grouped_events({});
def semconv_grouped_entities: semconv_grouped_entities({});
