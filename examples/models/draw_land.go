package main

import (
	"fmt"
	"strings"
)

// The picture is a hillside of six terraces, one for each stage, with slopes between them.
const (
	width, height = 1200, 1030
	ground        = 790
	terrace       = 100 // width of a terrace, and of a slope
	margin        = 50
)

// altitude is the y of each terrace; the summit is grow.
var altitude = [...]int{560, 480, 400, 320, 240, 580}

// left returns the x where a terrace begins, center that of its middle.
func left(i int) int   { return margin + i*2*terrace }
func center(i int) int { return left(i) + terrace/2 }

// style are the colours, by day and by night. The picture paints its own sky, so that it is
// readable on any page.
const style = `<style>
.mountain text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.mountain .ink { fill: #16233a; }
.mountain .soft { fill: #4a5a73; }
.mountain .rock { fill: #ffffff; }
.mountain .vein { fill: #d5deeb; }
.mountain .page { fill: #f7f9fc; }
.mountain .dawn { stop-color: #cfe0f3; }
.mountain .noon { stop-color: #f7f9fc; }
.mountain .far { fill: #c9d9eb; }
.mountain .peak { stop-color: #61799b; }
.mountain .foot { stop-color: #2f4058; }
.mountain .snow { fill: #ffffff; fill-opacity: .92; }
.mountain .fall { fill: #ffffff; fill-opacity: .07; }
.mountain .edge { fill: none; stroke: #ffffff; stroke-width: 3; stroke-linejoin: round; }
.mountain .dots { fill: none; stroke-width: 4; stroke-linecap: round; stroke-dasharray: 0 5; }
.mountain .pole { fill: none; stroke: #16233a; stroke-width: 2; stroke-linecap: round; }
.mountain .cloth { fill: #d9480f; }
.mountain .crowd { stroke: #d9480f; }
.mountain .scree { stroke: #a9b9ce; }
.mountain .gone { stroke: #862e9c; }
@media (prefers-color-scheme: dark) {
.mountain .ink { fill: #eef3fa; }
.mountain .soft { fill: #a9b7cb; }
.mountain .rock { fill: #f3f6fb; }
.mountain .vein { fill: #b4c2d6; }
.mountain .page { fill: #0e1522; }
.mountain .dawn { stop-color: #1d3050; }
.mountain .noon { stop-color: #0e1522; }
.mountain .far { fill: #1c2c46; }
.mountain .peak { stop-color: #465a79; }
.mountain .foot { stop-color: #202d42; }
.mountain .snow { fill: #dbe6f4; fill-opacity: .85; }
.mountain .edge { stroke: #8ea3c0; }
.mountain .pole { stroke: #eef3fa; }
.mountain .cloth { fill: #ff9a5c; }
.mountain .crowd { stroke: #ff9a5c; }
.mountain .scree { stroke: #7f92ae; }
.mountain .gone { stroke: #e599f7; }
}
</style>
`

// surface is the path along the terraces and slopes, from the left to the right.
func surface() string {
	var b strings.Builder
	fmt.Fprintf(&b, "C 20,%d 20,%d %d,%d", altitude[0]+90, altitude[0], left(0), altitude[0])
	for i, y := range altitude {
		fmt.Fprintf(&b, " h %d", terrace)
		if i+1 < len(altitude) {
			x := left(i) + terrace
			fmt.Fprintf(&b, " C %d,%d %d,%d %d,%d", x+terrace/2, y, x+terrace/2, altitude[i+1], x+terrace, altitude[i+1])
		}
	}
	fmt.Fprintf(&b, " C 1175,%d 1185,%d %d,%d", altitude[5], altitude[5]+60, width, altitude[5]+110)
	return b.String()
}

// land draws the sky, the far hills and the mountain.
func (s *svg) land() {
	start := fmt.Sprintf("M 0,%d ", altitude[0]+110)
	body := fmt.Sprintf("%s%s V %d H 0 Z", start, surface(), ground)
	s.put(`<defs>`)
	s.put(`<linearGradient id="mountain-sky" x1="0" y1="0" x2="0" y2="1"><stop class="noon" offset="0"/><stop class="dawn" offset="1"/></linearGradient>`)
	s.put(`<linearGradient id="mountain-rock" x1="0" y1="0" x2="0" y2="1"><stop class="peak" offset="0"/><stop class="foot" offset="1"/></linearGradient>`)
	s.put(`<clipPath id="mountain-body"><path d="%s"/></clipPath>`, body)
	s.put(`</defs>`)
	s.put(`<rect class="page" width="%d" height="%d"/>`, width, height)
	s.put(`<rect fill="url(#mountain-sky)" width="%d" height="%d"/>`, width, ground)
	s.put(`<path class="far" d="M 0,600 C 60,590 120,470 210,440 S 300,470 380,400 S 500,230 570,245 S 690,330 780,300 S 960,320 1040,400 S 1130,480 1200,470 V %d H 0 Z"/>`, ground)
	s.put(`<path fill="url(#mountain-rock)" d="%s"/>`, body)
	peak := altitude[4]
	s.put(`<path class="snow" clip-path="url(#mountain-body)" d="M 740,%d H 1080 V %d C 1020,%d 1010,%d 980,%d S 950,%d 925,%d S 890,%d 865,%d S 830,%d 810,%d S 770,%d 740,%d Z"/>`,
		peak-20, peak+70, peak+70, peak+40, peak+62, peak+28, peak+40, peak+58, peak+34, peak+48, peak+38, peak+58, peak+62)
	s.put(`<path class="edge" d="%s%s"/>`, start, surface())
	s.flag(left(4)+terrace+10, peak+6)
}

// flag plants a flag beside the summit.
func (s *svg) flag(x, foot int) {
	s.put(`<path class="pole" d="M %d,%d V %d"/><path class="cloth" d="M %d,%d l 22,8 l -22,8 Z"/>`, x, foot, foot-52, x, foot-52)
}

// dots draws one dot for each unit of a number, begun or whole: rows on a floor, from a
// terrace's left. It returns the y of the top.
func (s *svg) dots(class string, i, floor, n, unit int) int {
	const pitch, perRow = 5, terrace / 5
	count := (n + unit - 1) / unit
	if count == 0 {
		return floor
	}
	var d strings.Builder
	y := floor - 4
	for rest := count; rest > 0; rest -= perRow {
		row := min(rest, perRow)
		x := left(i) + (perRow-row)/2*pitch
		fmt.Fprintf(&d, "M %d.5,%d h %d.1 ", x+2, y, (row-1)*pitch)
		y -= pitch
	}
	s.put(`<path class="dots %s" d="%s"/>`, class, strings.TrimSpace(d.String()))
	return y
}

// mostDots is how many a terrace has room for.
const mostDots = 600

// dotUnit returns how many customers a dot is: 1, 2 or 5 times a power of ten, so that the
// largest number has room.
func dotUnit(largest int) int {
	for unit := 1; ; unit *= 10 {
		for _, step := range []int{1, 2, 5} {
			if u := step * unit; (largest-1)/u < mostDots {
				return u
			}
		}
	}
}
