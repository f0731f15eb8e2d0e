package playbooks

import (
	"math"
	"slices"
	"strings"
)

func inputTypes() []string {
	return []string{
		string(InputString), string(InputNumber), string(InputInteger), string(InputBoolean), string(InputHost),
		string(InputCase), string(InputArtifact), string(InputList), string(InputObject),
	}
}

func (r *reader) inputs(o *object) []Input {
	n, path := o.take("inputs")
	if n == nil {
		return nil
	}
	if n.shape != shapeObject {
		r.complainf(n.at, path, "must be an object of inputs by name, not %s", n.shape)
		return nil
	}
	if len(n.fields) > maxInputs {
		r.complainf(n.at, path, "declares %d inputs; the limit is %d", len(n.fields), maxInputs)
	}
	var out []Input
	for _, f := range n.fields {
		where := path.field(f.name)
		if !isIdentifier(f.name) {
			r.complainf(f.at, where, "the name of an input is letters, digits and _, and none of the language's own words")
		}
		if declared := r.object(f.value, where); declared != nil {
			out = append(out, r.input(f.name, declared))
		}
	}
	return out
}

func (r *reader) input(name string, o *object) Input {
	in := Input{
		Name:        name,
		Type:        InputType(o.choice("type", inputTypes()...)),
		Label:       o.text("label", maxTitle),
		Description: o.text("description", maxDescription),
		Required:    o.boolean("required"),
		Min:         o.number("min", -math.MaxFloat64, math.MaxFloat64),
		Max:         o.number("max", -math.MaxFloat64, math.MaxFloat64),
	}
	if in.Type == "" && !o.complained("type") {
		o.complainf(o.node.at, o.path, "the field type is missing; there are %s", strings.Join(inputTypes(), ", "))
	}
	if n, _ := o.take("default"); n != nil {
		in.Default = n.raw()
	}
	if n, path := o.take("enum"); n != nil {
		values, ok := n.raw().([]any)
		if !ok || len(values) == 0 {
			o.complainf(n.at, path, "must be a list of at least one value")
		}
		in.Enum = values
	}
	o.done(nil)
	r.checkInput(in, o)
	return in
}

// checkInput complains about bounds and values that don't go with the type.
func (r *reader) checkInput(in Input, o *object) {
	if in.Type == "" {
		return
	}
	bounded := []InputType{InputString, InputNumber, InputInteger, InputList}
	if (in.Min != nil || in.Max != nil) && !slices.Contains(bounded, in.Type) {
		o.complainf(o.node.at, o.path, "an input of type %s has no min and max", in.Type)
	}
	if in.Min != nil && in.Max != nil && *in.Min > *in.Max {
		o.complainf(o.node.at, o.path, "min is larger than max")
	}
	for i, value := range in.Enum {
		if problem := in.wrong(value, false); problem != "" {
			n, path := o.take("enum")
			o.complainf(n.items[i].at, path.item(i), "%s", problem)
		}
	}
	if s, isText := in.Default.(string); in.Default == nil || (isText && strings.Contains(s, "${")) {
		return
	}
	if problem := in.wrong(in.Default, true); problem != "" {
		n, path := o.take("default")
		o.complainf(n.at, path, "%s", problem)
	}
}
