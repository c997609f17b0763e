package clv

import "math"

// gauss16 are the positive nodes of the 16-point Gauss-Legendre rule on [-1, 1] and their
// weights.
var gauss16 = [8][2]float64{
	{0.0950125098376374402, 0.1894506104550684963},
	{0.2816035507792589132, 0.1826034150449235889},
	{0.4580167776572273863, 0.1691565193950025382},
	{0.6178762444026437484, 0.1495959888165767321},
	{0.7554044083550030339, 0.1246289712555338720},
	{0.8656312023878317439, 0.0951585116824927848},
	{0.9445750230732325761, 0.0622535239386478929},
	{0.9894009349916499326, 0.0271524594117540949},
}

// kronrod21 are the nodes of the 21-point Gauss-Kronrod rule, their weights, and their
// weights in the 10-point Gauss rule within it.
var kronrod21 = [11][3]float64{
	{0, 0.149445554002916905664936468389821, 0},
	{0.148874338981631210884826001129720, 0.147739104901338491374841515972068, 0.295524224714752870173815619188769},
	{0.294392862701460198131126603103866, 0.142775938577060080797094273138717, 0},
	{0.433395394129247190799265943165784, 0.134709217311473325928054001771707, 0.269266719309996355091226921569469},
	{0.562757134668604683339000099272694, 0.123491976262065851077958109585166, 0},
	{0.679409568299024406234327365114874, 0.109387158802297641899210590325805, 0.219086362515982043995534934228163},
	{0.780817726586416897063717578345042, 0.093125454583697605535065465083366, 0},
	{0.865063366688984510732096688423493, 0.075039674810919952767043140916190, 0.149451349150580593145863396957658},
	{0.930157491355708226001207180059508, 0.054755896574351996031381300244580, 0},
	{0.973906528517171720077964012084452, 0.032558162307964727478818972459390, 0.066671344308688137593568809893332},
	{0.995657163025808080735527280689003, 0.011694638867371874278064396062192, 0},
}

// kronrod returns the integral of f over [a, b] and a bound of its error that is pessimistic
// for smooth functions.
func kronrod(f func(float64) float64, a, b float64) (sum, err float64) {
	mid, half := (a+b)/2, (b-a)/2
	y := f(mid)
	sum = kronrod21[0][1] * y
	var low float64
	for _, k := range kronrod21[1:] {
		y = f(mid-half*k[0]) + f(mid+half*k[0])
		sum += k[1] * y
		low += k[2] * y
	}
	// The Kronrod rule has about one and a half times the digits of the Gauss rule.
	err = math.Abs(low - sum)
	if size := math.Abs(sum); size > 0 && err < size {
		err = size * math.Pow(err/size, 1.5)
	}
	return sum * half, err * half
}

// integrate returns the integral of f over [a, b], or NaN if it cannot be had to about nine
// digits. It cuts the range in pieces, the first one as long as what f does at a, so that
// nothing is missed, and each twice as long as the one before up to step; and then those in
// halves whose error matters.
func integrate(f func(float64) float64, a, b, first, step float64) float64 {
	if !(b > a) {
		return 0
	}
	step = math.Max(step, (b-a)/1000)
	length := math.Min(math.Max(first, 1e-14*math.Max(math.Abs(a), math.Abs(b))), step)
	q := quadrature{f: f, left: 1000}
	for low := a; low < b; length = math.Min(2*length, step) {
		high := math.Min(low+length, b)
		q.left += 10
		v, err := kronrod(f, low, high)
		q.refine(low, high, v, err, 0)
		low = high
	}
	if !(q.err <= 1e-9*math.Abs(q.sum)) {
		return math.NaN()
	}
	return q.sum
}

// quadrature is a sum over pieces, the bound of its error, and how many more pieces may be
// looked at: rounding in f would else have them cut for ever.
type quadrature struct {
	f        func(float64) float64
	sum, err float64
	left     int
}

// refine adds the integral over [a, b], of which v is an estimate with an error err.
func (q *quadrature) refine(a, b, v, err float64, depth int) {
	if !(err > 1e-13*math.Max(math.Abs(q.sum), math.Abs(v))) || depth == 30 || q.left <= 0 {
		q.sum += v
		q.err += err
		return
	}
	q.left -= 2
	mid := (a + b) / 2
	v1, e1 := kronrod(q.f, a, mid)
	v2, e2 := kronrod(q.f, mid, b)
	q.refine(a, mid, v1, e1, depth+1)
	q.refine(mid, b, v2, e2, depth+1)
}
