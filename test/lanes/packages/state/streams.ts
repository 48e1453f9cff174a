import mitt from 'mitt'

export const bus = mitt<{ event: number }>()
export const heard: number[] = []
bus.on('event', (value) => heard.push(value))
