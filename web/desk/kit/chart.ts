/** Charts in our colours. Only the parts of ECharts that are used, drawn as SVG: sharp at any type size, and fetched only here. */
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { onBeforeUnmount, onMounted, useTemplateRef, watch } from 'vue'
import { typeSize } from '@/ui/type_size'

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer])

export const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--lf-${name}`).trim()
export const pixels = (name: string) => parseInt(token(name)) || 14

/** Draws into the element that the template calls `box`. */
export function useChart(option: () => EChartsCoreOption, onClick?: (index: number) => void) {
  const box = useTemplateRef<HTMLElement>('box')
  let chart: EChartsType | undefined
  let watcher: ResizeObserver | undefined

  const draw = () => chart?.setOption(option(), true)
  onMounted(() => {
    chart = init(box.value!, undefined, { renderer: 'svg' })
    chart.on('click', (event) => onClick?.(event.dataIndex))
    watcher = new ResizeObserver(() => chart?.resize())
    watcher.observe(box.value!)
    draw()
  })
  watch([option, typeSize], draw)
  onBeforeUnmount(() => {
    watcher?.disconnect()
    chart?.dispose()
  })
}
