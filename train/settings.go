package train

import "flowcert/setting"

// Settings are those of the training in a description of a flow.
func Settings() []setting.Setting {
	return []setting.Setting{
		{Name: "steps", Type: setting.Int, Default: 4000, Min: 1, Max: 10_000_000, Meaning: "largest number of steps"},
		{Name: "batch", Type: setting.Int, Default: 256, Min: 1, Max: 1 << 20, Meaning: "rows per step"},
		{Name: "rate", Type: setting.Float, Default: 2e-3, Min: 1e-8, Max: 1, Meaning: "largest learning rate"},
		{Name: "patience", Type: setting.Int, Default: 50, Min: 1, Max: 1_000_000, Meaning: "epochs without a new best validation score that end the training"},
		{Name: "course", Type: setting.Word, Default: string(Cosine), Choices: []string{string(Cosine), string(Constant), string(Plateau)},
			Meaning: "how the learning rate goes on after its warm-up: to 0 along half a cosine, not at all, or down by a factor when the validation score stops improving"},
		{Name: "plateau", Type: setting.Int, Default: 10, Min: 1, Max: 1_000_000, Meaning: "epochs without a new best validation score that make the course \"plateau\" fall"},
		{Name: "reduce", Type: setting.Float, Default: 0.5, Min: 0.01, Max: 0.99, Meaning: "factor by which the course \"plateau\" falls"},
		{Name: "optimiser", Type: setting.Word, Default: Adam{}.Name(), Choices: []string{Adam{}.Name(), AdamW{}.Name(), SGD{}.Name(), Lion{}.Name()},
			Meaning: "rule of the updates; lion wants a smaller learning rate, sgd a larger one"},
		{Name: "momentum", Type: setting.Float, Default: 0.9, Min: 0, Max: 0.9999, Meaning: "share of the last update in the next, for sgd"},
		{Name: "weight_decay", Type: setting.Float, Default: 0.01, Min: 0, Max: 100, Meaning: "share, times the learning rate, by which weights shrink in a step, for adamw and lion"},
		{Name: "clip", Type: setting.Float, Default: 0.0, Min: 0, Max: 1e9, Meaning: "largest norm of a step's gradient; 0 leaves any"},
		{Name: "average", Type: setting.Float, Default: 0.0, Min: 0, Max: 0.99999, Meaning: "decay of the moving average of the weights that is scored and kept; 0 is no average"},
	}
}

// NewSchedule returns the schedule of resolved settings.
func NewSchedule(v setting.Values) Schedule {
	return Schedule{
		Steps: v.Int("steps"), Batch: v.Int("batch"), Rate: v.Float("rate"), Patience: v.Int("patience"),
		Course: Course(v.Word("course")), Plateau: v.Int("plateau"), Reduce: v.Float("reduce"),
		Optimiser: optimiserOf(v), Clip: v.Float("clip"), Average: v.Float("average"),
	}
}

func optimiserOf(v setting.Values) Optimiser {
	switch v.Word("optimiser") {
	case AdamW{}.Name():
		return AdamW{Decay: v.Float("weight_decay")}
	case SGD{}.Name():
		return SGD{Momentum: v.Float("momentum")}
	case Lion{}.Name():
		return Lion{Decay: v.Float("weight_decay")}
	}
	return Adam{}
}
