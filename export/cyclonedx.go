package export

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"flowcert/cert"
)

// CycloneDX returns a bill of materials of one model with its model card, in
// CycloneDX 1.6 JSON. Every row is a performance metric, whose value is a text in this
// standard: the figure with its unit and how it is known, or "not assessed" with the
// reason. Energy is among the metrics, for the standard's own field for it wants the
// provider of the electricity, which nobody told.
func CycloneDX(c *cert.Certificate) ([]byte, error) {
	bom := cdx.NewBOM()
	bom.SpecVersion, bom.JSONSchema = cdx.SpecVersion1_6, "http://cyclonedx.org/schema/bom-1.6.schema.json"
	bom.Metadata = &cdx.Metadata{
		Timestamp: c.Environment.Issued,
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: c.Environment.Program}}},
		Component: modelComponent(c),
	}
	var out bytes.Buffer
	encoder := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("export bill of materials: %w", err)
	}
	return out.Bytes(), nil
}

func modelComponent(c *cert.Certificate) *cdx.Component {
	s, d := c.Subject, c.Data
	list := make([]cdx.MLPerformanceMetric, len(c.Rows))
	for i, r := range c.Rows {
		list[i] = performanceMetric(r)
	}
	return &cdx.Component{
		BOMRef: s.Model, Type: cdx.ComponentTypeMachineLearningModel, Name: s.Model, Description: s.Title + ": " + s.Summary,
		Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: s.WeightsSHA256}},
		ModelCard: &cdx.MLModelCard{
			ModelParameters: &cdx.MLModelParameters{
				Approach: &cdx.MLModelParametersApproach{Type: cdx.MLModelParametersApproachTypeUnsupervised},
				Task:     "density estimation", ArchitectureFamily: s.Family, ModelArchitecture: s.Model,
				Datasets: &[]cdx.MLDatasetChoice{{ComponentData: &cdx.ComponentData{
					Type: cdx.ComponentDataTypeDataset, Name: d.Name, Description: d.Title + "; source: " + d.Source,
					Contents: &cdx.ComponentDataContents{Properties: dataProperties(d)},
				}}},
				Inputs:  &[]cdx.MLInputOutputParameters{{Format: "rows of the columns " + strings.Join(d.Columns, ", ")}},
				Outputs: &[]cdx.MLInputOutputParameters{{Format: s.Scores + " log-density in nats"}},
			},
			QuantitativeAnalysis: &cdx.MLQuantitativeAnalysis{PerformanceMetrics: &list},
		},
		Properties: &[]cdx.Property{
			{Name: "flowcert:format", Value: c.Format},
			{Name: "flowcert:description_sha256", Value: s.DescriptionSHA256},
			{Name: "flowcert:evidence_sha256", Value: c.Evidence.SHA256},
			{Name: "flowcert:scale", Value: c.Scale.Version},
		},
	}
}

func dataProperties(d cert.Data) *[]cdx.Property {
	return &[]cdx.Property{
		{Name: "flowcert:licence", Value: d.Licence},
		{Name: "flowcert:train_rows", Value: strconv.Itoa(d.Train)},
		{Name: "flowcert:train_sha256", Value: d.TrainSHA256},
		{Name: "flowcert:validation_rows", Value: strconv.Itoa(d.Validation)},
		{Name: "flowcert:validation_sha256", Value: d.ValidationSHA256},
		{Name: "flowcert:test_rows", Value: strconv.Itoa(d.Test)},
		{Name: "flowcert:test_sha256", Value: d.TestSHA256},
	}
}

// performanceMetric is a row. Its bounds are a confidence interval only where the row
// has a level.
func performanceMetric(r cert.Row) cdx.MLPerformanceMetric {
	m := cdx.MLPerformanceMetric{Type: r.ID, Slice: r.Statement}
	bounds := interval(r)
	if r.Level > 0 {
		bounds = "" // it has a field of its own
	}
	var parts []string
	for _, s := range []string{figure(r), bounds, string(r.Strength), r.Reason} {
		if s != "" && len(parts) == 0 || s != "" && s != parts[0] {
			parts = append(parts, s)
		}
	}
	m.Value = strings.Join(parts, "; ")
	if r.Value != nil && r.Lo != nil && r.Level > 0 {
		m.ConfidenceInterval = &cdx.MLPerformanceMetricConfidenceInterval{
			LowerBound: withUnit(number(*r.Lo), r.Unit),
			UpperBound: withUnit(number(*r.Hi), fmt.Sprintf("%s at %s %%", r.Unit, percent(r.Level))),
		}
	}
	return m
}
