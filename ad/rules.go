package ad

import "flowcert/internal/kernel"

// kind is an operation of the tape.
type kind uint8

const (
	opInput kind = iota
	opConstant
	opSlice
	opBuffer
	opDense
	opAdd
	opSub
	opMul
	opDiv
	opLinear
	opExp
	opLog
	opTanh
	opSigmoid
	opSoftplus
	opReLU
	opStep
	opSoftClip
	opSin
	opCos
	opConcat
	opGather
	opParameter
	opDetach
	opAverage
	opSolve
	opImplicit
	opSumColumns
	opSumBlocks
	opLogSumExp
	opLogSoftmax
	opNormal
	opStudent
	opAffine
	opAffineInverse
	opReflect
	opRotate
	opSpline
	opSplineInverse
	opMixture
	opMixtureInverse
	opBins
	opDropout
	kinds
)

func (k kind) String() string {
	return [kinds]string{
		"input", "constant", "slice", "buffer", "dense", "add", "sub", "mul", "div", "linear",
		"exp", "log", "tanh", "sigmoid", "softplus", "relu", "step", "soft clip", "sin", "cos",
		"concat", "gather", "parameter", "detach", "average", "solve", "implicit",
		"sum columns", "sum blocks", "log-sum-exp", "log-softmax",
		"normal log-density", "student normaliser", "affine", "affine inverse", "reflect", "rotate",
		"spline", "spline inverse", "mixture CDF", "mixture CDF inverse", "bins", "dropout",
	}[k]
}

// rule is how an operation runs; a nil function has nothing to do.
type rule[T kernel.Float] struct {
	forward, backward func(*Arena[T], *step[T])
}

// rulesOf returns the rule of every operation, by kind.
func rulesOf[T kernel.Float]() [kinds]rule[T] {
	return [kinds]rule[T]{
		opDense:          {dense[T], denseBackward[T]},
		opAdd:            {add[T], addBackward[T]},
		opSub:            {sub[T], subBackward[T]},
		opMul:            {mul[T], mulBackward[T]},
		opDiv:            {div[T], divBackward[T]},
		opLinear:         {linear[T], linearBackward[T]},
		opExp:            {exp[T], expBackward[T]},
		opLog:            {log[T], logBackward[T]},
		opTanh:           {tanh[T], tanhBackward[T]},
		opSigmoid:        {sigmoid[T], sigmoidBackward[T]},
		opSoftplus:       {softplus[T], softplusBackward[T]},
		opReLU:           {relu[T], reluBackward[T]},
		opStep:           {stepForward[T], nil},
		opSoftClip:       {softClip[T], softClipBackward[T]},
		opSin:            {sin[T], sinBackward[T]},
		opCos:            {cos[T], cosBackward[T]},
		opConcat:         {concat[T], concatBackward[T]},
		opGather:         {gather[T], gatherBackward[T]},
		opParameter:      {parameter[T], parameterBackward[T]},
		opDetach:         {detach[T], nil},
		opAverage:        {averageForward[T], averageBackward[T]},
		opSolve:          {solve[T], nil},
		opImplicit:       {implicit[T], implicitBackward[T]},
		opSumColumns:     {sumColumns[T], sumColumnsBackward[T]},
		opSumBlocks:      {sumBlocks[T], sumBlocksBackward[T]},
		opLogSumExp:      {logSumExp[T], logSumExpBackward[T]},
		opLogSoftmax:     {logSoftmax[T], logSoftmaxBackward[T]},
		opNormal:         {normal[T], normalBackward[T]},
		opStudent:        {student[T], studentBackward[T]},
		opAffine:         {affine[T], affineBackward[T]},
		opAffineInverse:  {affineInverse[T], affineInverseBackward[T]},
		opReflect:        {reflect[T], reflectBackward[T]},
		opRotate:         {rotate[T], rotateBackward[T]},
		opSpline:         {splineForward[T], splineBackward[T]},
		opSplineInverse:  {splineInverse[T], splineInverseBackward[T]},
		opMixture:        {mixtureForward[T], mixtureBackward[T]},
		opMixtureInverse: {mixtureInverse[T], mixtureInverseBackward[T]},
		opBins:           {bins[T], binsBackward[T]},
		opDropout:        {dropout[T], dropoutBackward[T]},
	}
}
